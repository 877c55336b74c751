create or replace function graph.changes_of_list(p_list text, p_user_id bigint, p_after bigint, p_until bigint, p_limit integer)
  returns table (change_id bigint, item_id bigint, change text, run_id bigint, event_id bigint, changed_at timestamptz)
  language sql
  stable
as $$
  (select change_id, follower_id, change, run_id, event_id, changed_at from graph.follow_changes
   where p_list = 'followers' and target_id = p_user_id and change_id > p_after and change_id <= p_until order by change_id desc limit p_limit)
  union all
  (select change_id, target_id, change, run_id, event_id, changed_at from graph.follow_changes
   where p_list = 'following' and follower_id = p_user_id and change_id > p_after and change_id <= p_until order by change_id desc limit p_limit)
  union all
  (select change_id, post_id, change, run_id, event_id, changed_at from graph.post_changes
   where p_list = 'posts' and author_id = p_user_id and change_id > p_after and change_id <= p_until order by change_id desc limit p_limit)
  union all
  (select change_id, user_id, change, run_id, event_id, changed_at from graph.user_changes
   where p_list = 'users' and user_id = p_user_id and change_id > p_after and change_id <= p_until order by change_id desc limit p_limit);
$$;
comment on function graph.changes_of_list(text, bigint, bigint, bigint, integer) is
  'The changes between two positions to a user''s followers, following or posts (of `users`: to the profile), at most p_limit, the newest.';
