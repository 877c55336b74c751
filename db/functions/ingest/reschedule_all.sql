create or replace function ingest.reschedule_all()
  returns void
  language plpgsql
  volatile
as $$
declare
  v_sync_kind text;
  v_subject_ids bigint[];
begin
  for v_sync_kind, v_subject_ids in
    select sync_kind, array_agg(subject_id)
    from (
      select sync_kind, subject_id, row_number() over (partition by sync_kind order by subject_id) / 10000 as piece
      from (select distinct sync_kind, subject_id from ingest.needs) as d
    ) as n
    group by sync_kind, piece order by sync_kind, piece
  loop
    perform ingest.reschedule(v_sync_kind, v_subject_ids);
  end loop;
end;
$$;
comment on function ingest.reschedule_all() is 'Moves every due time, after a setting that they follow from was changed.';
