create or replace function ingest.checks()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'provider', case when p.stopped_at is null then 'ok' else 'warning' end,
         case when p.stopped_at is null then format('%s sells', p.provider)
              else format('nothing is bought from %s since %s: %s', p.provider, base.format_time(p.stopped_at), a.meaning) end, a.mend, p.stopped_at
  from ingest.providers as p left join ingest.answer_classes as a on a.answer_class = p.stopped_class
  union all
  select * from ingest.check_windows()
  union all
  select * from ingest.check_budgets()
  union all
  select * from ingest.check_inbox()
  union all
  (select d.decision_kind, 'warning', format('%s: %s', d.about, coalesce(a.meaning, d.reason)), k.mend, d.first_at
   from base.decisions as d join base.decision_kinds as k using (decision_kind) left join ingest.answer_classes as a on a.answer_class = d.reason
   -- What has no end is news for a day.
   where k.needs_a_person and coalesce(d.until_at, d.last_at + interval '1 day') > base.now()
   order by d.last_at desc limit 20);
$$;
comment on function ingest.checks() is
  'What a person should know of buying, and which decisions that need one are in force (a reason may be a class of answer, and then is told in its words): see api.checks.';
