create or replace function api.sync_handles(p_handles text[])
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id bigint;
begin
  v_run_id := ingest.request_handles(p_handles);
  perform base.wake();
  return v_run_id;
end;
$$;
comment on function api.sync_handles(text[]) is 'Looks 1 to 100 users up by handle; returns the run. Those that X knows are in users then. Error RK011.';
