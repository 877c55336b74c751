create or replace function ingest.change_price(p_resource text, p_is_owned boolean, p_usd numeric)
  returns void
  language plpgsql
  volatile
as $$
begin
  if p_usd is null or p_usd not between 0 and 1000 then
    raise exception 'a price cannot be USD %', coalesce(p_usd::text, 'null')
      using errcode = 'RK031', hint = 'Give the price of one resource, from 0 to 1000.';
  end if;
  update ingest.prices set usd = case when p_is_owned then usd else p_usd end, owned_usd = case when p_is_owned then p_usd else owned_usd end
  where resource = p_resource;
  if not found then
    raise exception 'there is no resource %', coalesce(quote_literal(p_resource), 'null')
      using errcode = 'RK031', hint = 'The resources are ' || (select string_agg(resource, ', ' order by resource) from ingest.prices) || '.';
  end if;
  perform ingest.retry_held_calls();
end;
$$;
comment on function ingest.change_price(text, boolean, numeric) is 'Sets the price of a resource, for what goes out from now on; or its price in the own account''s lists and timeline. RK031.';
