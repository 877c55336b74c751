create or replace function engine.step(p_worker text, p_slots integer)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  -- Elapsed time, hence the wall clock.
  v_deadline constant timestamptz := pg_catalog.clock_timestamp() + base.setting_interval('tick.budget');
  v_done jsonb;
  v_calls jsonb := jsonb '[]';
  v_again boolean := true;
  v_reaped_count integer;
  v_plans boolean := true;
  v_events record;
begin
  -- A tick that takes events in holds the lock of the graph, and so does nothing else.
  v_events := engine.take_events(v_deadline);
  if v_events.taken_count is not null then
    return jsonb_build_object('done', engine.tally('{}') || jsonb_build_object('events_taken', v_events.taken_count, 'calls_claimed', 0),
                              'calls', v_calls, 'again', true, 'now', base.now(), 'next_at', base.now());
  end if;
  -- What reads everything may take long: it is all that its tick does, and holds nothing that others need.
  v_done := engine.tally(asset.work_off_queue(v_deadline));
  perform engine.beat(p_worker);
  if v_done ->> 'instances_looked_at' = '0' then
    v_reaped_count := ingest.reap_calls();
    v_plans := asset.try_planner();
    if v_plans then
      select p.done, p.again into v_done, v_again from engine.plan(v_deadline) as p;
    else
      v_again := false;
    end if;
    v_done := v_done || jsonb_build_object('leases_reaped', v_reaped_count);
    -- Leases count from the start of the tick: after a long one the next hands out what may go.
    if p_slots > 0 and pg_catalog.clock_timestamp() < v_deadline + base.setting_interval('call.lease') / 5 then
      v_calls := engine.claim(p_worker, p_slots);
    end if;
  end if;
  v_again := v_again or v_events.is_passed;
  return jsonb_build_object(
    'done', v_done || jsonb_build_object('calls_claimed', jsonb_array_length(v_calls)),
    'calls', v_calls,
    'again', v_again,
    'now', base.now(),
    'next_at', case when v_again then base.now()
                    when v_plans then engine.next_at(p_slots > jsonb_array_length(v_calls))
                    -- Another worker plans just now: what is due is in its hands, but it may not have seen what this one did before.
                    else base.now() + interval '100 ms' end);
end;
$$;
comment on function engine.step(text, integer) is 'What a tick does (E1): {done, calls, again, now, next_at}, see api.engine_tick.';
