create or replace function graph.last_change_of(p_list text, p_user_id bigint, p_until bigint)
  returns bigint
  language sql
  stable
as $$
  select case p_list
    when 'followers' then (select max(change_id) from graph.follow_changes where target_id = p_user_id and change_id <= p_until)
    when 'following' then (select max(change_id) from graph.follow_changes where follower_id = p_user_id and change_id <= p_until)
    when 'posts' then (select max(change_id) from graph.post_changes where author_id = p_user_id and change_id <= p_until)
    when 'users' then (select max(change_id) from graph.user_changes where user_id = p_user_id and change = 'added' and change_id <= p_until)
  end;
$$;
comment on function graph.last_change_of(text, bigint, bigint) is
  'The last change up to a position of the graph to a user''s followers, following or posts; of `users`, when the user was first seen. Null when there was none.';
