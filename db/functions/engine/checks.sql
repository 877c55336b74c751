create or replace function engine.checks(p_change text)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'schema', case when c.has then 'ok' when c.has is null then 'warning' else 'failing' end,
         case when c.has then format('change %s is deployed', p_change)
              when c.has is null then 'nobody keeps a registry of deployed changes here'
              else format('a migration is behind: change %s is not deployed', p_change) end,
         case when c.has then null when c.has is null then 'deploy with rookery db deploy, or with sqitch' else 'rookery db deploy' end, null::timestamptz
  from (select base.has_change(p_change) as has) as c
  where p_change is not null
  union all
  select * from engine.check_worker()
  union all
  select * from ingest.checks()
  union all
  select * from engine.check_work();
$$;
comment on function engine.checks(text) is 'What a person should know: see api.checks.';
