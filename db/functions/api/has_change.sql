create or replace function api.has_change(p_change text)
  returns boolean
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select base.has_change(p_change);
$$;
comment on function api.has_change(text) is
  'Whether a change of the plan is deployed; so that a process can refuse a schema that is behind it (W6); null where nobody keeps sqitch''s registry.';
