create or replace function asset.explain_run(p_run_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select jsonb_set(r.reason, '{because}', asset.explain_consumers(p_run_id) || (r.reason -> 'because'))
  from ingest.explain_run(p_run_id) as r (reason);
$$;
comment on function asset.explain_run(bigint) is 'A run as a reason, with the instances that need it and the roots that want those, as far as they do now. RK017 for an unknown run.';
