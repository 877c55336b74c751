create or replace function graph.lock_writer()
  returns void
  language sql
  volatile
as $$
  select pg_catalog.pg_advisory_xact_lock(7766, 1);
$$;
comment on function graph.lock_writer() is
  'Waits to be the one transaction that writes the graph, until its end. Taken before any change_id is drawn, and before any other lock.';
