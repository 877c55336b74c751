create or replace function ingest.check_event(p_source text, p_payload jsonb, out field text, out message text)
  language plpgsql
  stable
as $$
declare
  v_uuid constant jsonb := coalesce(ingest.event_uuid(p_source, p_payload), 'null');
begin
  if p_source is null or p_source not in ('new_follower', 'x_activity') then
    field := 'source';
    message := 'source is neither new_follower nor x_activity: ' || coalesce(left(p_source, 100), 'null');
  elsif jsonb_typeof(p_payload) is distinct from 'object' then
    field := 'body';
    message := 'body is no JSON object';
  elsif p_payload @? '$.**{64}' then
    -- Who reads it may not follow it down there.
    field := 'body';
    message := 'body is nested deeper than 64 levels';
  elsif jsonb_typeof(v_uuid) not in ('string', 'number', 'null') or length(v_uuid #>> '{}') not between 1 and 200 then
    field := 'event_uuid';
    message := 'event_uuid is no text of 1 to 200 characters';
  elsif p_source = 'new_follower' then
    select c.field, c.message into field, message from ingest.check_new_follower(p_payload) as c;
  end if;
end;
$$;
comment on function ingest.check_event(text, jsonb) is
  'What is wrong with an event, and with which field of it; nulls when nothing is. What X sends is judged when it is taken in: X cannot mend it.';
