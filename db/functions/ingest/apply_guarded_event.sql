create or replace function ingest.apply_guarded_event(p_event ingest.webhook_events)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
begin
  return ingest.apply_event(p_event);
exception
  when data_exception or integrity_constraint_violation or program_limit_exceeded then
    return row('malformed', left(sqlerrm, 200), null, null, null, null)::ingest.verdict;
end;
$$;
comment on function ingest.apply_guarded_event(ingest.webhook_events) is
  'Like ingest.apply_event(); an event that cannot be stored leaves nothing behind, and is malformed.';
