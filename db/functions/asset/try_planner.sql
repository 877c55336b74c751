create or replace function asset.try_planner()
  returns boolean
  language sql
  volatile
as $$
  select pg_catalog.pg_try_advisory_xact_lock(7766, 2);
$$;
comment on function asset.try_planner() is 'Whether this transaction is now the one that plans; see asset.lock_planner().';
