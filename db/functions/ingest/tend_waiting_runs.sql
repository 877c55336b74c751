create or replace function ingest.tend_waiting_runs()
  returns void
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
begin
  select array_agg(distinct subject_id) into v_user_ids from ingest.runs where is_waiting;
  if v_user_ids is null then
    return;
  end if;
  -- A look-up that ended while such a run was being started did not see it: whoever ticks next puts that right.
  perform ingest.resume_waiting_runs(v_user_ids);
  perform ingest.hydrate_subjects(array_agg(distinct subject_id)) from ingest.runs where is_waiting having count(*) > 0;
end;
$$;
comment on function ingest.tend_waiting_runs() is
  'Runs whose subject was not known: those that can go on do, and the others'' subjects are looked up, unless that is under way.';
