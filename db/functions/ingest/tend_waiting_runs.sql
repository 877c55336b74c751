create or replace function ingest.tend_waiting_runs(p_subject_id bigint default null)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
begin
  -- Once for all kinds of lists, so that their subjects share look-ups. One that ended while such a run was being started, or in somebody's hand, did
  -- not see it: whoever ticks next puts that right.
  select array_agg(distinct subject_id) into v_user_ids
  from (
    select subject_id from ingest.runs
    where is_waiting and (p_subject_id is null or subject_id = p_subject_id)
      and subject_id not in (select unnest(item_ids) from ingest.runs where sync_kind = 'users' and status = 'in_progress')
    order by run_id for no key update skip locked
  ) as r;
  if v_user_ids is not null then
    perform ingest.resume_waiting_runs(v_user_ids, false);
    perform ingest.hydrate_subjects(array_agg(distinct subject_id)) from ingest.runs
    where is_waiting and subject_id = any (v_user_ids) and ingest.is_look_wanted(sync_kind, subject_id) having count(*) > 0;
  end if;
end;
$$;
comment on function ingest.tend_waiting_runs(bigint) is
  'Runs that wait for a look at their subject (null: all of them) for which none is under way: those that can go on do, and the others'' subjects are looked up.';
