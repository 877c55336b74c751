create or replace function api.run_cancel(p_run_id bigint)
  returns timestamptz
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  -- As in api.sync_request.
  select asset.lock_planner();
  select ingest.cancel_run(p_run_id);
$$;
comment on function api.run_cancel(bigint) is
  'Ends a run that is in progress, or waits for its subject''s profile. What it brought stays, nothing is deleted, and an answer that is still under way is not recorded. Returns when its subject is bought again unasked: a window of freshness from now, or null when nobody needs it; sync_request starts at once. Errors RK017, RK028.';
