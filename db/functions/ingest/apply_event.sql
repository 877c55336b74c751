create or replace function ingest.apply_event(p_event ingest.webhook_events)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_tidings constant ingest.tidings :=
    case p_event.source when 'x_activity' then ingest.x_activity_tidings(p_event.payload) else ingest.read_new_follower(p_event.payload) end;
begin
  if v_tidings.fault is not null then
    return row('malformed', v_tidings.fault, null, null, null, null)::ingest.verdict;
  elsif ingest.event_resource(p_event.event_type) is null then
    return row('ignored', 'events of this type are not known here', null, null, null, null)::ingest.verdict;
  end if;
  -- Not again after a wait: other looks at these users may have been later.
  if p_event.state = 'received' and v_tidings.profiles is not null then
    perform graph.write_users(v_tidings.profiles, null, p_event.event_id);
  end if;
  return case
    when p_event.event_type = 'follow.follow' then ingest.apply_follow(p_event, v_tidings)
    when p_event.event_type = 'follow.unfollow' then ingest.apply_unfollow(p_event, v_tidings)
    when p_event.event_type like 'post.%' then ingest.apply_post(p_event, v_tidings)
    else ingest.apply_profile_update(p_event, v_tidings)
  end;
end;
$$;
comment on function ingest.apply_event(ingest.webhook_events) is
  'Reads an event and does to the graph what it says, with the event as provenance (G7); returns what became of it. The caller holds graph.lock_writer().';
