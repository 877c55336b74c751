create or replace function ingest.newer_tidings_of_follow(p_event ingest.webhook_events, p_target_id bigint, p_follower_id bigint)
  returns text
  language plpgsql
  stable
as $$
begin
  return coalesce(
    (select format('event %s of the same follow is newer', e.event_id)
     from ingest.webhook_events as e
     where e.target_id = p_target_id and e.follower_id = p_follower_id and e.state = 'applied'
       and (e.happened_at, e.event_id) > (p_event.happened_at, p_event.event_id)
     order by e.event_id desc limit 1),
    (select format('%s began later, and showed otherwise', ingest.name_run(r))
     from graph.follows as f
     join graph.follow_changes as c on c.target_id = f.target_id and c.change_id = f.change_id
     join ingest.runs as r on r.run_id = c.run_id
     where f.target_id = p_target_id and f.follower_id = p_follower_id
       and r.started_at > p_event.happened_at and (c.change = 'removed') = (p_event.event_type = 'follow.follow')),
    case when p_event.event_type = 'follow.follow' then ingest.missing_since(p_target_id, p_follower_id, p_event.happened_at) end);
end;
$$;
comment on function ingest.newer_tidings_of_follow(ingest.webhook_events, bigint, bigint) is
  'What is known of an edge that is newer than an event of it: a later event, a change by a run that began later, or that such a run read the list without it; null when nothing is.';
