create or replace function api.doctor(p_plan jsonb default null, p_logins jsonb default null, p_clock timestamptz default null)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select check_name, state, says, mend, since_at from engine.doctor(p_plan, p_logins, p_clock);
$$;
comment on function api.doctor(jsonb, jsonb, timestamptz) is
  'All of api.checks, and what is too dear to ask all the time: whether the plan, [{change_id, change, script_hash}], is what is deployed; whether a machine''s clock agrees with this one; whether each process, [{process, login}], of worker, web, operator and deploy, has the login that it should; whether our roles have more than their work needs; whether autovacuum keeps up. What is not given is not asked. Columns as of api.checks.';
