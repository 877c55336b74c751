create or replace function asset.lock_planner()
  returns void
  language sql
  volatile
as $$
  select pg_catalog.pg_advisory_xact_lock(7766, 2);
$$;
comment on function asset.lock_planner() is 'Waits to be the one transaction that changes wants and needs or reads the logs, until its end. A tick only tries (asset.try_planner).';
