create or replace function api.runs_of(p_instance_id bigint, p_limit integer default 10)
  returns table (run_id bigint)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.item_kind_of(p_instance_id), asset.check_page(p_limit, 0);
  return query select r.run_id from ingest.runs_for(p_instance_id, p_limit) as r;
end;
$$;
comment on function api.runs_of(bigint, integer) is
  'The latest runs of the syncs that an instance needs itself, newest first; of what it is made from, see there (api.surroundings). Errors RK004, RK012.';
