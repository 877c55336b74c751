create or replace function ingest.forget_user(p_user_id bigint)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_forgotten record;
  v_names text;
  v_reject_count integer;
  v_event_count integer;
begin
  if not exists (select from graph.users where user_id = base.check_id(p_user_id, 'user id')) then
    raise exception 'nothing is known of user %', p_user_id
      using errcode = 'RK018', hint = 'Give the id of a user of whom a profile was ever read: select user_id, handle from users.';
  end if;
  v_forgotten := graph.forget_user(p_user_id);
  -- As JSON has ids and handles, and as they stand in links: a number in a time, or a part of a longer one, is nobody.
  v_names := format('(?i)["/@ ](%s)["/?,}]', array_to_string(p_user_id::text || v_forgotten.handles, '|'));
  delete from ingest.rejects where author_id = p_user_id or raw::text ~ v_names;
  get diagnostics v_reject_count = row_count;
  delete from ingest.missing where resource = 'handle' and item_key = any (array(select lower(h) from unnest(v_forgotten.handles) as h));
  update ingest.webhook_events set
    payload = '{}',
    state = case when ended_at is null then 'ignored' else state end,
    detail = case when ended_at is null then 'it names a user who was forgotten' else detail end,
    waits_for = null,
    retry_at = null,
    ended_at = coalesce(ended_at, base.now())
  where payload <> '{}' and (p_user_id in (target_id, follower_id) or payload::text ~ v_names);
  get diagnostics v_event_count = row_count;
  return jsonb_build_object('user_id', p_user_id::text, 'handles', cardinality(v_forgotten.handles), 'posts', v_forgotten.post_count,
                            'rejects', v_reject_count, 'events', v_event_count);
end;
$$;
comment on function ingest.forget_user(bigint) is
  'Keeps of a user nothing but numbers, in the graph, among rows that were set aside, and in the inbox; returns how many handles, posts, rejects and events it blanked. Reads all of the inbox. The caller holds graph.lock_writer(). Error RK018.';
