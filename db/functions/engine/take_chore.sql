create or replace function engine.take_chore(p_limit integer, p_is_idle boolean)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_chore engine.chores;
  v_has_more boolean := false;
begin
  -- An idle engine verifies whatever is due, and writes nothing of that; a busy one now and then.
  if p_is_idle and asset.queue_due_verification() then
    return true;
  end if;
  for v_chore in
    select * from engine.chores where due_at <= base.now() and not (p_is_idle and chore = 'verification') order by due_at, chore
  loop
    v_has_more := case v_chore.chore
      when 'verification' then asset.queue_due_verification()
      when 'decisions' then base.purge_decisions(p_limit) > 0
      when 'events' then ingest.purge_events(p_limit) > 0
      when 'workers' then engine.purge_workers(p_limit) > 0
      -- Runs go after their calls.
      when 'runs' then ingest.purge_calls(p_limit) > 0 or ingest.purge_runs(p_limit) > 0
    end;
    update engine.chores set due_at = base.now() + case
      when v_chore.chore = 'verification' then base.setting_interval('worker.heartbeat')
      when v_has_more then interval '0'
      else interval '1 hour' end
    where chore = v_chore.chore;
    exit when v_has_more;
  end loop;
  return v_has_more;
end;
$$;
comment on function engine.take_chore(integer, boolean) is
  'Takes one bounded step of the chore that is due first and has anything to do (A13, W7); returns whether there may be more at once. The caller is the planner.';
