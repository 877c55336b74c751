create or replace function ingest.event_time(p_source text, p_payload jsonb)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  -- No sender knows the future: least() passes a null over, which is no time at all.
  return least(base.now(), base.parse_time(case p_source
    when 'new_follower' then p_payload ->> 'followed_at'
    when 'x_activity' then ingest.x_activity_time(p_payload) end));
end;
$$;
comment on function ingest.event_time(text, jsonb) is 'When an event that arrives now happened: as its payload says, at the latest now.';
