create or replace function api.why_not(p_instance_id bigint)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select engine.explain_instance(p_instance_id);
$$;
comment on function api.why_not(bigint) is
  'Why an instance does not move: {state: resting, queued, failed, waiting_for_dependency, waiting_for_sync, pending or fresh; until_at: when it is looked at next, as far as is known; …}, and the chain of what holds it up; reasons as in api.why. Error RK004.';
