create or replace function ingest.lock_books()
  returns void
  language sql
  volatile
as $$
  select pg_catalog.pg_advisory_xact_lock(7766, 3);
$$;
comment on function ingest.lock_books() is 'Waits to be alone with ledger and budgets, until the end of the transaction: what is summed up then misses no entry.';
