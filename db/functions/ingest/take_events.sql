create or replace function ingest.take_events(p_limit integer, p_deadline timestamptz)
  returns integer
  language plpgsql
  volatile
as $$
begin
  return ingest.take_event_batch(p_limit, p_deadline, false);
exception
  -- What no reader foresaw. Each event gets a guard of its own only now: guards of hundreds of events that lock the same user are slow.
  when data_exception or integrity_constraint_violation or program_limit_exceeded then
    -- Elapsed time, hence the wall clock.
    return ingest.take_event_batch(p_limit, pg_catalog.clock_timestamp() + base.setting_interval('tick.budget'), true);
end;
$$;
comment on function ingest.take_events(integer, timestamptz) is
  'Takes in what lies in the inbox, in the order in which it happened: at most p_limit events, none after the deadline but the first; returns how many. Whom they name and nobody knows is looked up. The caller holds graph.lock_writer().';
