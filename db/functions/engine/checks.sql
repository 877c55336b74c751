create or replace function engine.checks(p_change text)
  returns table (check_name text, state text, says text, since_at timestamptz)
  language sql
  stable
as $$
  select 'schema', case when c.has then 'ok' when c.has is null then 'warning' else 'failing' end,
         case when c.has then format('change %s is deployed', p_change)
              when c.has is null then 'nobody keeps a registry of deployed changes here'
              else format('a migration is behind: change %s is not deployed; rookery db deploy does it', p_change) end, null::timestamptz
  from (select base.has_change(p_change) as has) as c
  where p_change is not null
  union all
  select 'worker', case when w.seen_at > base.now() - 6 * base.setting_interval('worker.heartbeat') then 'ok' else 'warning' end,
         case when w.seen_at > base.now() - 6 * base.setting_interval('worker.heartbeat') then 'a worker ticks'
              else format('no worker ticks: one was last seen %s', coalesce('at ' || nullif(base.format_time(w.seen_at), 'never'), 'never')) end, w.seen_at
  from (select max(seen_at) as seen_at from engine.workers) as w
  union all
  select 'provider', case when p.stopped_at is null then 'ok' else 'warning' end,
         case when p.stopped_at is null then format('%s sells', p.provider)
              else format('nothing is bought from %s since %s: %s', p.provider, base.format_time(p.stopped_at), a.meaning) end, p.stopped_at
  from ingest.providers as p left join ingest.answer_classes as a on a.answer_class = p.stopped_class
  union all
  (select d.decision_kind, 'warning', format('%s: %s', d.about, coalesce(a.meaning, d.reason)), d.first_at
   from base.decisions as d join base.decision_kinds as k using (decision_kind) left join ingest.answer_classes as a on a.answer_class = d.reason
   -- What has no end is news for a day.
   where k.needs_a_person and coalesce(d.until_at, d.last_at + interval '1 day') > base.now()
   order by d.last_at desc limit 20);
$$;
comment on function engine.checks(text) is 'What a person should know: see api.checks.';
