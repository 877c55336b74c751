create or replace function api.tree(p_why jsonb)
  returns setof text
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select base.render_reason(p_why);
$$;
comment on function api.tree(jsonb) is
  'What api.why, why_run, why_not or provenance returned, as lines of at most 100 columns.';
