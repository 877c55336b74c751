create or replace function ingest.refuse_run(p_run_id bigint, p_class text, p_status integer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_position constant bigint := graph.last_change_id();
  v_until constant timestamptz := base.now() + base.setting_interval('subject.recheck');
begin
  v_run := ingest.close_run(p_run_id, p_class, p_status, null, v_until);
  insert into ingest.subjects as s (sync_kind, subject_id, refused_class, refused_at)
  values (v_run.sync_kind, v_run.subject_id, p_class, base.now())
  on conflict (sync_kind, subject_id) do update set
    refused_class = excluded.refused_class, refused_at = excluded.refused_at, retry_at = null, failure_count = 0;
  if p_class in ('subject_suspended', 'subject_not_found') and p_status is not null then
    perform graph.mark_users_gone(array[v_run.subject_id], array[replace(p_class, 'subject_', '')], v_run.run_id);
  end if;
  if p_class = 'subject_protected' and p_status is not null then
    perform graph.mark_users_protected(array[v_run.subject_id], v_run.run_id);
  end if;
  if graph.last_change_id() > v_position then
    perform ingest.keep_runs(array[p_run_id]);
  end if;
  perform base.decide('subject_refused', v_run.sync_kind || ' of ' || v_run.subject_id, p_class, v_until, jsonb_build_object('run_id', p_run_id));
  perform ingest.end_run(v_run);
end;
$$;
comment on function ingest.refuse_run(bigint, text, integer) is
  'X does not show the subject: the run ends, edges and posts stay as they are, and it is asked for again after a slow re-check. With a status, the caller holds graph.lock_writer().';
