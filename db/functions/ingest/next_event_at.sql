create or replace function ingest.next_event_at()
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  return case
    -- Somebody writes the graph just now, else they would have been taken in.
    when ingest.has_due_events() then base.now() + interval '100 ms'
    else (select min(retry_at) from ingest.webhook_events where state = 'waiting')
  end;
end;
$$;
comment on function ingest.next_event_at() is 'When the inbox is worth another look; null while nothing lies in it.';
