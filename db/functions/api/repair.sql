create or replace function api.repair(p_instance_id bigint)
  returns table (finding text, remedy text, found_count bigint, item_ids bigint[])
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_found constant jsonb := asset.repair(p_instance_id);
begin
  perform base.wake();
  return query
    select f.finding, f.remedy, f.count, f.item_ids
    from jsonb_to_recordset(v_found) as f (finding text, remedy text, count bigint, item_ids bigint[]);
end;
$$;
comment on function api.repair(bigint) is
  'Verifies an instance and mends what can be mended (A13). Returns each sort of finding with what was done about it, how often it was found, and its first ten items; empty: all was in order. Waits while the instance is being materialized. Error RK004.';
