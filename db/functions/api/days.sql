create or replace function api.days(p_instance_ids bigint[], p_days integer default 30)
  returns table (instance_id bigint, utc_day date, members bigint, entered bigint, "left" bigint, began_with bigint)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_days(p_days);
  return query select * from asset.days_of(p_instance_ids, p_days);
end;
$$;
comment on function api.days(bigint[], integer) is
  'How instances moved, by UTC day, today the last: members at its end, how many entered and left (what an instance began with is no part of it, but told apart). Days before an instance''s first success have no row. Of an instance that moved more often than 20,000 times, the newest of them. Error RK012.';
