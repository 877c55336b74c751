create or replace function ingest.read_event_body(p_source text, p_body text, out payload jsonb, out event_type text)
  language plpgsql
  immutable
as $$
begin
  payload := base.parse_json(p_body);
  if p_source = 'new_follower' then
    event_type := 'follow.follow';
    if jsonb_typeof(payload) = 'object' then
      payload := payload - array['token', 'secret', 'authorization'];
    end if;
  elsif p_source = 'x_activity' then
    event_type := left(ingest.x_activity_envelope(payload) ->> 'event_type', 100);
  end if;
end;
$$;
comment on function ingest.read_event_body(text, text) is
  'The payload in the text of an event, and its type. A secret that a sender of new followers put into the text is not kept. Raises nothing; the payload is null where there is no JSON.';
