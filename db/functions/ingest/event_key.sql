create or replace function ingest.event_key(p_source text, p_event_type text, p_payload jsonb, p_body text)
  returns text
  language plpgsql
  immutable
as $$
begin
  -- X gives a post's id to each event about it, so the type is part of the key.
  return p_source || ' ' || coalesce(p_event_type || ' ' || (ingest.event_uuid(p_source, p_payload) #>> '{}'),
                                     'sha256 ' || encode(sha256(convert_to(p_body, 'UTF8')), 'hex'));
end;
$$;
comment on function ingest.event_key(text, text, jsonb, text) is
  'What makes two deliveries one event (W1): source, type and the sender''s id of it; or the digest of its text, where it has no type or no id.';
