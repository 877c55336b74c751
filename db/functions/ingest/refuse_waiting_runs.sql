create or replace function ingest.refuse_waiting_runs(p_user_ids bigint[], p_reason text)
  returns void
  language sql
  volatile
as $$
  -- A user who is here and not gone may only have been left out: the list itself will tell.
  select ingest.refuse_run(r.run_id, ingest.class_of_missing(p_reason), null)
  from (
    select run_id from ingest.runs
    where subject_id = any (p_user_ids) and is_waiting and not exists (select from graph.users where user_id = subject_id and deleted_at is null)
    order by run_id for no key update skip locked
  ) as r;
$$;
comment on function ingest.refuse_waiting_runs(bigint[], text) is 'Ends the runs that waited for users that X does not show; one that somebody has in hand is tended by the next tick.';
