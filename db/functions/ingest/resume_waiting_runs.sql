create or replace function ingest.resume_waiting_runs(p_user_ids bigint[])
  returns void
  language sql
  volatile
as $$
  select ingest.open_calls(array_agg(run_id)) from ingest.runs where is_waiting and subject_id = any (p_user_ids);
$$;
comment on function ingest.resume_waiting_runs(bigint[]) is 'Makes the first call of the runs that waited for these users, where they are users now.';
