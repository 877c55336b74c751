create or replace function ingest.open_run_of(p_sync_kind text, p_subject_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return coalesce(
    (select run_id from ingest.runs where sync_kind = p_sync_kind and subject_id = p_subject_id and status = 'in_progress'),
    (select min(r.run_id)
     from ingest.sync_kinds as k
     join ingest.runs as r on r.sync_kind = k.sync_kind and r.status = 'in_progress'
     where k.serves = p_sync_kind and k.is_batched and p_subject_id = any (r.item_ids)));
end;
$$;
comment on function ingest.open_run_of(text, bigint) is 'The run in progress that makes a subject fresh, alone or among others; null when there is none.';
