create or replace function graph.try_writer()
  returns boolean
  language sql
  volatile
as $$
  select pg_catalog.pg_try_advisory_xact_lock(7766, 1);
$$;
comment on function graph.try_writer() is 'Like graph.lock_writer(), but without waiting: whether this transaction has the lock now.';
