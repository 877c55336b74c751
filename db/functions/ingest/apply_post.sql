create or replace function ingest.apply_post(p_event ingest.webhook_events, p_tidings ingest.tidings)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_post_id constant bigint := (p_tidings.post).post_id;
  v_author record;
  v_changed_count integer;
begin
  if p_tidings.field = 'retweet' then
    return row('ignored', 'retweets are not taken (posts.retweets)', null, null, null, null)::ingest.verdict;
  elsif p_event.event_type = 'post.delete' then
    v_changed_count := graph.remove_posts(array[v_post_id], null, p_event.event_id);
    return row('applied', case v_changed_count when 0 then 'there was no such post' else 'the post is gone' end, null, null, null, v_post_id)::ingest.verdict;
  end if;
  v_author := ingest.resolve_user(p_tidings.subject);
  if v_author.user_id is null then
    return ingest.wait_for_user(p_tidings.subject, v_author.refusal);
  end if;
  -- An id is never given twice: what was deleted does not come back.
  if exists (select from ingest.webhook_events where post_id = v_post_id and state = 'applied' and event_type = 'post.delete') then
    return row('outdated', 'it was deleted', null, null, null, v_post_id)::ingest.verdict;
  end if;
  v_changed_count := graph.write_posts(array[p_tidings.post], null, p_event.event_id);
  return row('applied', case v_changed_count when 0 then 'the post was known' else 'the post is new, or came back' end, null, null, null, v_post_id)::ingest.verdict;
end;
$$;
comment on function ingest.apply_post(ingest.webhook_events, ingest.tidings) is
  'Adds a post, once its author is a user here (I5) and unless it is a retweet that is not taken, or marks it as deleted (G4). The caller holds graph.lock_writer().';
