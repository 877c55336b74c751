create or replace function ingest.event_uuid(p_source text, p_payload jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  return case p_source when 'x_activity' then ingest.x_activity_envelope(p_payload) else p_payload end -> 'event_uuid';
end;
$$;
comment on function ingest.event_uuid(text, jsonb) is 'The sender''s own id of an event, as it stands in the payload; null when there is none.';
