create or replace function ingest.end_run(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_subject_ids constant bigint[] := coalesce(p_run.item_ids, array[p_run.subject_id]);
  v_sync_kind constant text := (select serves from ingest.sync_kinds where sync_kind = p_run.sync_kind);
begin
  perform ingest.resume_events(p_run);
  if v_sync_kind is null then
    return;
  end if;
  perform ingest.reschedule(v_sync_kind, v_subject_ids);
  insert into ingest.completions (sync_kind, subject_id, run_id)
  -- Also of what nobody needs: somebody may just be about to, unseen.
  select v_sync_kind, i, p_run.run_id from unnest(v_subject_ids) as i order by i;
end;
$$;
comment on function ingest.end_run(ingest.runs) is 'After a run, however it ended: when its subjects are due next, and a note for those who need them, or will when it is read.';
