create or replace function ingest.cancel_run(p_run_id bigint)
  returns timestamptz
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_sync_kind text;
  v_subject_ids bigint[];
  v_due_at timestamptz;
begin
  select * into v_run from ingest.runs where run_id = p_run_id for no key update;
  if not found then
    raise exception 'there is no run %', coalesce(p_run_id::text, 'null')
      using errcode = 'RK017', hint = 'select * from api.runs; lists them.';
  end if;
  if v_run.status <> 'in_progress' then
    raise exception 'run % has ended (%)', p_run_id, v_run.status
      using errcode = 'RK028', hint = 'Those that can be cancelled: select * from api.runs where status = ''in_progress'';';
  end if;
  update ingest.runs set status = 'cancelled', is_waiting = false, completed_at = base.now() where run_id = p_run_id;
  update ingest.calls set state = 'cancelled', lease_until = null, answered_at = base.now()
  where run_id = p_run_id and state in ('ready', 'claimed');

  v_sync_kind := (select serves from ingest.sync_kinds where sync_kind = v_run.sync_kind);
  v_subject_ids := coalesce(v_run.item_ids, array[v_run.subject_id]);
  insert into ingest.subjects as s (sync_kind, subject_id, cancelled_at)
  select v_sync_kind, i, base.now() from unnest(v_subject_ids) as i where v_sync_kind is not null
  on conflict (sync_kind, subject_id) do update set cancelled_at = excluded.cancelled_at;
  if v_run.sync_kind = 'users' then
    -- As after a look-up that failed: runs that wait for it would only have it bought again.
    perform ingest.resume_waiting_runs(v_run.item_ids, true);
    perform ingest.cancel_run(r.run_id) from ingest.runs as r where r.subject_id = any (v_run.item_ids) and r.is_waiting;
  end if;
  perform ingest.end_run(v_run);
  select min(due_at) into v_due_at from ingest.due where sync_kind = v_sync_kind and subject_id = any (v_subject_ids);
  perform base.decide('run_cancelled', v_run.sync_kind || ' of ' || coalesce(v_run.subject_id::text, 'a batch'), 'somebody cancelled its run', v_due_at,
                      jsonb_build_object('run_id', p_run_id));
  return v_due_at;
end;
$$;
comment on function ingest.cancel_run(bigint) is
  'Ends a run in progress: what it brought stays, nothing is deleted, and its subjects are not bought again unasked before a window of freshness has passed. Returns when that is; null when nobody needs them. Errors RK017, RK028.';
