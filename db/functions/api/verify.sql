create or replace function api.verify(p_instance_id bigint)
  returns table (finding text, materialization_id bigint, item_id bigint, expected text, found text, remedy text)
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select f.finding, f.materialization_id, f.item_id, f.expected, f.found, f.remedy from asset.verify(p_instance_id) as f;
$$;
comment on function api.verify(bigint) is
  'Holds a snapshot against its events, and both against its inputs (A13); these in full, as the last success read them. Tells what differs, and what repair would do about it (rebuild from the events, read_everything next, or none). Empty: all is in order. A finding of the name note is no fault: it says what could not be computed. Waits while the instance is being materialized. Error RK004.';
