create or replace function api.sync_request(p_sync_kind text, p_subject_id bigint, p_mode text default 'incremental')
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id bigint;
begin
  -- So that no tick waits in its planning for whoever has not committed this yet.
  perform asset.lock_planner();
  v_run_id := ingest.request_sync(p_sync_kind, p_subject_id, p_mode);
  perform base.wake();
  return v_run_id;
end;
$$;
comment on function api.sync_request(text, bigint, text) is
  'Asks for a sync now: followers, following or posts of a user, or users for a profile; full or incremental. Returns the run, the one in progress if there is one. The first run of a list is always full. Errors RK003, RK008.';
