create or replace function engine.take_steps(p_limit integer, p_deadline timestamptz)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_batch constant integer := 20;
  v_taken_count integer;
  v_step_count integer := 0;
begin
  -- Mostly there are none, and an idle tick pays for what it asks.
  if not exists (select from asset.fanout_steps) then
    return 0;
  end if;
  loop
    v_taken_count := asset.take_fanout_steps(least(v_batch, p_limit - v_step_count));
    v_step_count := v_step_count + v_taken_count;
    -- Elapsed time, hence the wall clock.
    exit when v_taken_count < v_batch or v_step_count >= p_limit or pg_catalog.clock_timestamp() >= p_deadline;
  end loop;
  return v_step_count;
end;
$$;
comment on function engine.take_steps(integer, timestamptz) is 'Takes steps of fanouts, a few at a time, until the limit or the deadline; returns how many. The caller is the planner.';
