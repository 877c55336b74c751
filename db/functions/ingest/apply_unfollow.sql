create or replace function ingest.apply_unfollow(p_event ingest.webhook_events, p_tidings ingest.tidings)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  -- Only X tells of these, and by ids. Where one of them is no user here there is no edge, but a late follow must find this.
  v_target_id constant bigint := split_part(p_tidings.object, ' ', 2)::bigint;
  v_follower_id constant bigint := split_part(p_tidings.subject, ' ', 2)::bigint;
  v_newer constant text := ingest.newer_tidings_of_follow(p_event, v_target_id, v_follower_id);
  v_changed_count integer;
begin
  if v_newer is not null then
    return row('outdated', v_newer, null, v_target_id, v_follower_id, null)::ingest.verdict;
  end if;
  v_changed_count := graph.remove_follows(array[v_target_id], array[v_follower_id], null, p_event.event_id);
  return row('applied', case v_changed_count when 0 then 'there was no such edge' else 'the edge has ended' end, null,
             v_target_id, v_follower_id, null)::ingest.verdict;
end;
$$;
comment on function ingest.apply_unfollow(ingest.webhook_events, ingest.tidings) is
  'Ends an edge, unless something newer showed it. The caller holds graph.lock_writer().';
