create or replace function graph.forget_user(p_user_id bigint, out handles text[], out post_count integer)
  language plpgsql
  volatile
as $$
begin
  insert into graph.forgotten_users (user_id, forgotten_at) values (p_user_id, base.now()) on conflict (user_id) do nothing;
  handles := array(
    select handle from graph.users where user_id = p_user_id and handle is not null
    union
    select h.handle from graph.handle_changes as c cross join unnest(array[c.old_handle, c.new_handle]) as h (handle)
    where c.user_id = p_user_id and h.handle is not null);
  delete from graph.handle_changes where user_id = p_user_id;
  update graph.users set handle = null, name = null, description = null, location = null, url = null, image_url = null, is_verified = null,
                         verified_type = null, joined_at = null
  where user_id = p_user_id;
  update graph.user_counts set followers_count = null, following_count = null, post_count = null, listed_count = null, payload_hash = null
  where user_id = p_user_id;
  insert into graph.recounts (user_ids) values (array[p_user_id]);
  delete from graph.post_counts as c using graph.posts as o where o.author_id = p_user_id and c.post_id = o.post_id;
  update graph.posts set text = null, lang = null, conversation_id = null, in_reply_to_user_id = null where author_id = p_user_id;
  get diagnostics post_count = row_count;
  insert into graph.user_changes (user_id, change, changed_at) values (p_user_id, 'forgotten', base.now());
end;
$$;
comment on function graph.forget_user(bigint) is
  'Keeps of a user here nothing but numbers: id, follows, ids, times and author of posts. Returns the handles that were theirs, and how many posts of theirs are kept as numbers. The caller holds graph.lock_writer().';
