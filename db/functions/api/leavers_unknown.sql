create or replace function api.leavers_unknown(p_instance_id bigint, p_from bigint, p_to bigint, out users bigint, out usd numeric)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_span(p_instance_id, p_from, p_to);
  select p.users, p.usd into users, usd
  from asset.price_of_unknown_ends(array(select e from asset.unknown_ends(p_instance_id, coalesce(p_from, 0), p_to) as e)) as p;
end;
$$;
comment on function api.leavers_unknown(bigint, bigint, bigint) is
  'How many left an asset between two materializations, and nothing says why (unknown in api.diff). Counts those of whom a look at their profiles can tell it, and what that costs at most, in US dollars. Errors RK004, RK016, RK020.';
