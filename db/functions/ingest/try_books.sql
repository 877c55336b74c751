create or replace function ingest.try_books()
  returns boolean
  language sql
  volatile
as $$
  select pg_catalog.pg_try_advisory_xact_lock_shared(7766, 3);
$$;
comment on function ingest.try_books() is 'Whether no operator is just changing the budgets; see ingest.share_books().';
