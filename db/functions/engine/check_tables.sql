create or replace function engine.check_tables()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with tables as materialized (
    select format('%I.%I', room, table_name) as name, t.*,
           t.dead_count > greatest(3 * t.vacuum_after, 10000) as is_bloated,
           -- By then vacuum freezes a table by itself, whatever else is set.
           t.transaction_age > 1.5 * current_setting('autovacuum_freeze_max_age')::bigint as is_aged
    from engine.table_sizes() as t
    where t.table_name is not null
  )
  select 'vacuum', 'warning', 'autovacuum is off: tables will grow without end', 'alter system set autovacuum = on; select pg_reload_conf();', null::timestamptz
  where current_setting('autovacuum') <> 'on'
  union all
  select 'vacuum', 'warning',
         case when is_aged then format('%s was not frozen for %s transactions', name, to_char(transaction_age, 'FM999,999,999,999'))
              else format('%s is bloated: %s dead rows beside %s, vacuumed %s', name, to_char(dead_count, 'FM999,999,999,999'), to_char(row_count, 'FM999,999,999,999'),
                          base.format_time(vacuumed_at)) end,
         format('vacuum %s%s, as its owner; then see what keeps autovacuum from it: a transaction left open, a prepared one, a replication slot',
                case when is_aged then '(freeze) ' else '' end, name), vacuumed_at
  from tables
  where is_bloated or is_aged
  union all
  select 'vacuum', 'ok', format('no table is bloated; the database takes %s, most of it in %s', pg_size_pretty(sum(total_bytes)), (array_agg(name order by total_bytes desc))[1]),
         null, null
  from tables
  having not bool_or(is_bloated or is_aged) and current_setting('autovacuum') = 'on';
$$;
comment on function engine.check_tables() is
  'Whether autovacuum keeps up: dead rows beyond three times what it waits for, and ten thousand at least, or a table that was not frozen for too long. See api.doctor.';
