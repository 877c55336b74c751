create or replace function ingest.reschedule_needs()
  returns trigger
  language plpgsql
  volatile
as $$
declare
  v_sync_kind text;
  v_subject_ids bigint[];
begin
  -- In bounded pieces: a consumer may need as many subjects as a segment has members.
  for v_sync_kind, v_subject_ids in
    select sync_kind, array_agg(subject_id)
    from (
      select sync_kind, subject_id, row_number() over (partition by sync_kind order by subject_id) / 10000 as piece
      from moved
    ) as m
    group by sync_kind, piece order by sync_kind, piece
  loop
    perform ingest.reschedule(v_sync_kind, v_subject_ids);
  end loop;
  return null;
end;
$$;
comment on function ingest.reschedule_needs() is 'Whoever needs a subject, needs it no more, or needs it within another window has moved its due time (A5).';

create or replace trigger a_new_need_is_due
  after insert on ingest.needs referencing new table as moved
  for each statement execute function ingest.reschedule_needs();
comment on trigger a_new_need_is_due on ingest.needs is 'A5.';

create or replace trigger a_changed_need_is_due_anew
  after update on ingest.needs referencing new table as moved
  for each statement execute function ingest.reschedule_needs();
comment on trigger a_changed_need_is_due_anew on ingest.needs is 'A5.';

create or replace trigger a_dropped_need_is_not_due
  after delete on ingest.needs referencing old table as moved
  for each statement execute function ingest.reschedule_needs();
comment on trigger a_dropped_need_is_not_due on ingest.needs is 'A5.';
