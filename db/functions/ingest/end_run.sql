create or replace function ingest.end_run(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_subject_ids constant bigint[] := coalesce(p_run.item_ids, array[p_run.subject_id]);
begin
  if (select freshness_setting is null from ingest.sync_kinds where sync_kind = p_run.sync_kind) then
    return;
  end if;
  perform ingest.reschedule(p_run.sync_kind, v_subject_ids);
  insert into ingest.completions (sync_kind, subject_id, run_id)
  select p_run.sync_kind, i, p_run.run_id from unnest(v_subject_ids) as i
  where exists (select from ingest.needs where sync_kind = p_run.sync_kind and subject_id = i);
end;
$$;
comment on function ingest.end_run(ingest.runs) is 'After a run, however it ended: when its subjects are due next, and a note for those who need them.';
