create or replace function engine.doctor(p_plan jsonb, p_logins jsonb, p_clock timestamptz)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select * from engine.check_plan(p_plan) where p_plan is not null
  union all
  select * from engine.check_clock(p_clock) where p_clock is not null
  union all
  select * from engine.check_logins(p_logins) where p_logins is not null
  union all
  select * from engine.check_roles()
  union all
  select * from engine.checks(null)
  union all
  select * from engine.check_tables();
$$;
comment on function engine.doctor(jsonb, jsonb, timestamptz) is 'See api.doctor.';
