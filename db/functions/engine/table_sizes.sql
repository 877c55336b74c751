create or replace function engine.table_sizes()
  returns table (room text, table_name text, row_count bigint, dead_count bigint, total_bytes bigint, table_bytes bigint, index_bytes bigint, toast_bytes bigint,
                 vacuumed_at timestamptz, analyzed_at timestamptz, vacuum_after bigint, transaction_age bigint)
  language sql
  stable
as $$
  with tables as (
    select c.relnamespace::regnamespace::text as room, c.relname::text as table_name, greatest(c.reltuples::bigint, s.n_live_tup, 0) as row_count,
           coalesce(s.n_dead_tup, 0) as dead_count,
           pg_table_size(c.oid) - t.toast_bytes as table_bytes, pg_indexes_size(c.oid) as index_bytes, t.toast_bytes,
           greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at, greatest(s.last_analyze, s.last_autoanalyze) as analyzed_at,
           o.threshold + (o.factor * greatest(c.reltuples, 0))::bigint as vacuum_after, age(c.relfrozenxid)::bigint as transaction_age
    from pg_catalog.pg_class as c
    left join pg_catalog.pg_stat_all_tables as s on s.relid = c.oid
    cross join lateral (select coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) as toast_bytes) as t
    cross join lateral (
      select coalesce(max(option_value) filter (where option_name = 'autovacuum_vacuum_threshold'), current_setting('autovacuum_vacuum_threshold'))::bigint as threshold,
             coalesce(max(option_value) filter (where option_name = 'autovacuum_vacuum_scale_factor'),
                      current_setting('autovacuum_vacuum_scale_factor'))::double precision as factor
      from pg_options_to_table(c.reloptions)) as o
    where c.relkind = 'r' and c.relnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine')
  )
  select room, table_name, sum(row_count)::bigint, sum(dead_count)::bigint, sum(table_bytes + index_bytes + toast_bytes)::bigint, sum(table_bytes)::bigint,
         sum(index_bytes)::bigint, sum(toast_bytes)::bigint,
         case when table_name is not null then max(vacuumed_at) end, case when table_name is not null then max(analyzed_at) end,
         case when table_name is not null then max(vacuum_after) end, max(transaction_age)
  from tables
  group by rollup (room, table_name)
  order by array_position(array['base', 'graph', 'ingest', 'asset', 'engine'], room) nulls last, grouping(table_name) desc, 5 desc, table_name;
$$;
comment on function engine.table_sizes() is 'See api.table_sizes.';
