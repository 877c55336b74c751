create or replace function api.checks(p_change text default null)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select check_name, state, says, mend, since_at from engine.checks(p_change);
$$;
comment on function api.checks(text) is
  'What a person should know, in the words in which every door says it: whether a change of the plan is deployed (p_change null: not asked), whether a worker ticks, whether the provider sells, which windows are spent and which budgets keep calls back, whether webhook events are taken in, what is due longest, and which decisions that need a person are in force, or, where they have no end, were taken within a day (the latest twenty). State is ok, warning, or failing where this database cannot serve; mend is the way out. Cheap: it probes, and reads nothing of the size of the past. See api.doctor.';
