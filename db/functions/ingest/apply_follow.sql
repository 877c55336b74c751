create or replace function ingest.apply_follow(p_event ingest.webhook_events, p_tidings ingest.tidings)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_name text;
  v_found record;
  v_user_ids bigint[];
  v_newer text;
  v_changed_count integer;
begin
  foreach v_name in array array[p_tidings.object, p_tidings.subject] loop
    v_found := ingest.resolve_user(v_name);
    if v_found.user_id is null then
      return ingest.wait_for_user(v_name, v_found.refusal);
    end if;
    v_user_ids := v_user_ids || v_found.user_id::bigint;
  end loop;
  if v_user_ids[1] = v_user_ids[2] then
    return row('refused', 'nobody follows themselves', null, null, null, null)::ingest.verdict;
  end if;
  v_newer := ingest.newer_tidings_of_follow(p_event, v_user_ids[1], v_user_ids[2]);
  if v_newer is not null then
    return row('outdated', v_newer, null, v_user_ids[1], v_user_ids[2], null)::ingest.verdict;
  end if;
  v_changed_count := graph.write_follows(v_user_ids[1:1], v_user_ids[2:2], null, p_event.event_id);
  return row('applied', case v_changed_count when 0 then 'the edge was known' else 'the edge is new, or came back' end, null,
             v_user_ids[1], v_user_ids[2], null)::ingest.verdict;
end;
$$;
comment on function ingest.apply_follow(ingest.webhook_events, ingest.tidings) is
  'Adds an edge, once both its ends are users here (G2). One that ended later than the event stays ended (W3). The caller holds graph.lock_writer().';
