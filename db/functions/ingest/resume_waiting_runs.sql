create or replace function ingest.resume_waiting_runs(p_user_ids bigint[], p_was_looked_up boolean)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run_ids bigint[];
begin
  -- Whoever has one of them in hand sees to it, or leaves it to the next tick.
  select array_agg(run_id order by run_id) into v_run_ids
  from (
    select run_id from ingest.runs
    where is_waiting and subject_id = any (p_user_ids)
      and case when p_was_looked_up then exists (select from graph.users where user_id = subject_id)
               else not ingest.is_look_wanted(sync_kind, subject_id) end
    order by run_id for no key update skip locked
  ) as r;
  if v_run_ids is not null then
    perform ingest.size_runs(v_run_ids);
    perform ingest.open_calls(ingest.compare_with_events(v_run_ids));
  end if;
end;
$$;
comment on function ingest.resume_waiting_runs(bigint[], boolean) is
  'Runs that wait for these users begin to read: those that need no look at them any more or, after a look, all whose subject is a user here, whatever it brought.';
