create or replace function api.table_sizes()
  returns table (room text, table_name text, row_count bigint, dead_count bigint, total_bytes bigint, table_bytes bigint, index_bytes bigint, toast_bytes bigint,
                 vacuumed_at timestamptz, analyzed_at timestamptz, vacuum_after bigint, transaction_age bigint)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select room, table_name, row_count, dead_count, total_bytes, table_bytes, index_bytes, toast_bytes, vacuumed_at, analyzed_at, vacuum_after, transaction_age
  from engine.table_sizes();
$$;
comment on function api.table_sizes() is
  'Where the bytes are: a row for each table, before the tables of a room one for the room (no table_name), and last one for all (no room). Rows and dead rows are estimates. vacuum_after: dead rows after which autovacuum comes; transaction_age: transactions since the table was frozen. Looks at every table''s files, so not for a probe.';
