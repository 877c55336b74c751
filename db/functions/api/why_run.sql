create or replace function api.why_run(p_run_id bigint)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.explain_run(p_run_id);
$$;
comment on function api.why_run(bigint) is
  'Why a run was started and for whom, how it went, what it changed; also what it saw, and when its subject is due next. Reasons as in api.why. Error RK017.';
