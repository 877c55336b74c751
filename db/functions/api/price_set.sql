create or replace function api.price_set(p_resource text, p_is_owned boolean, p_usd numeric)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform ingest.change_price(p_resource, coalesce(p_is_owned, false), p_usd);
  perform base.wake();
end;
$$;
comment on function api.price_set(text, boolean, numeric) is
  'Sets what X bills for one resource (user, follow, post), in US dollars; p_is_owned: for one in a list or timeline of the own account (x_v2.own_account). Error RK031.';
