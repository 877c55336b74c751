create or replace function engine.check_work()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'work', case when w.is_late then 'warning' else 'ok' end,
         case when w.is_late then format('work is overdue: %s was due at %s', w.about, base.format_time(w.due_at))
              when w.due_at is not null then format('the oldest due work, %s, was due at %s', w.about, base.format_time(w.due_at))
              else 'nothing is due' end,
         case when w.is_late then 'rookery decision list says what is held back, and why; if nothing is, start more workers' end, w.due_at
  from (select 1) as one
  left join lateral (
    select d.about, d.due_at, d.due_at < base.now() - base.setting_interval('work.overdue') as is_late
    from (select * from ingest.oldest_work() union all select * from asset.oldest_work()) as d
    order by d.due_at limit 1) as w on true;
$$;
comment on function engine.check_work() is 'What is due longest, and whether that is too long (work.overdue): see api.checks.';
