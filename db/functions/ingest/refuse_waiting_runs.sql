create or replace function ingest.refuse_waiting_runs(p_user_ids bigint[], p_reason text)
  returns void
  language sql
  volatile
as $$
  -- A user who is here and not gone may only have been left out: the list itself will tell.
  select ingest.refuse_run(r.run_id, ingest.class_of_missing(p_reason), null)
  from unnest(p_user_ids) as i
  join ingest.runs as r on r.subject_id = i and r.is_waiting
  where not exists (select from graph.users where user_id = i and deleted_at is null)
  order by r.run_id;
$$;
comment on function ingest.refuse_waiting_runs(bigint[], text) is 'Ends the runs that waited for users that X does not show.';
