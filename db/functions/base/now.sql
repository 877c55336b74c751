create or replace function base.now()
  returns timestamptz
  language sql
  stable
as $$
  select pg_catalog.now();
$$;
comment on function base.now() is 'The one clock (E4): the start of the transaction. A test or the demo replaces it in a database of its own (db/simulated_clock.sql).';
