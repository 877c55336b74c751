create or replace function ingest.share_books()
  returns void
  language sql
  volatile
as $$
  select pg_catalog.pg_advisory_xact_lock_shared(7766, 3);
$$;
comment on function ingest.share_books() is 'Waits until no operator is just changing the budgets, and keeps that so until the end of the transaction. Taken before entries of the ledger are booked, or budgets touched; a tick only tries (ingest.try_books).';
