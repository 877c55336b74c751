create or replace function engine.check_plan(p_plan jsonb)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with planned as (
    select * from jsonb_to_recordset(p_plan) as p (change_id text, change text, script_hash text)
  ), deployed as (
    select * from jsonb_to_recordset(base.deployed_changes()) as d (change_id text, change text, script_hash text)
  ), compared as (
    select coalesce(p.change, d.change) as change,
           case when d.change_id is null then 'pending' when p.change_id is null then 'unknown'
                when d.script_hash <> p.script_hash then 'edited' end as differs
    from planned as p full join deployed as d using (change_id)
  ), found as (
    select differs, string_agg(change, ', ' order by change) as changes, count(*) = 1 as is_one from compared group by differs
  )
  select 'schema', case when f.differs = 'unknown' then 'warning' else 'failing' end,
         case f.differs
           when 'pending' then format('a migration is behind: change%s not deployed', case when f.is_one then ' ' || f.changes || ' is' else 's ' || f.changes || ' are' end)
           when 'unknown' then format('the database is ahead: the plan of this version does not have %s', f.changes)
           else format('%s edited after the deployment: the database has it as it was', case when f.is_one then f.changes || ' was' else f.changes || ' were' end) end,
         case f.differs
           when 'pending' then 'rookery db deploy'
           when 'unknown' then 'use the version that deployed it, or a newer one'
           else 'put the script back as it was deployed, and make what it was to change a change of its own' end, null::timestamptz
  from found as f
  where f.differs is not null
  union all
  select 'schema', 'ok', format('all %s changes of the plan are deployed', (select count(*) from planned)), null, null
  where not exists (select from compared where differs is not null);
$$;
comment on function engine.check_plan(jsonb) is 'How the plan that is given, [{change_id, change, script_hash}], and the deployed one differ: see api.doctor.';
