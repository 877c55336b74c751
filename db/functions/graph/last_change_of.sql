create or replace function graph.last_change_of(p_list text, p_user_id bigint, p_until bigint)
  returns bigint
  language sql
  stable
as $$
  -- Whole rows are compared and ordered, so that only the index that begins with the user serves. A max() would tempt the planner to walk
  -- back through the log of everybody else.
  select case p_list
    when 'followers' then (
      select case when target_id = p_user_id then change_id end from graph.follow_changes
      where (target_id, change_id) <= (p_user_id, p_until) order by target_id desc, change_id desc limit 1)
    when 'following' then (
      select case when follower_id = p_user_id then change_id end from graph.follow_changes
      where (follower_id, change_id) <= (p_user_id, p_until) order by follower_id desc, change_id desc limit 1)
    when 'posts' then (
      select case when author_id = p_user_id then change_id end from graph.post_changes
      where (author_id, change_id) <= (p_user_id, p_until) order by author_id desc, change_id desc limit 1)
    when 'users' then (
      -- The first change of a user is the first sight.
      select case when user_id = p_user_id and change_id <= p_until then change_id end from graph.user_changes
      where (user_id, change_id) >= (p_user_id, 0) order by user_id, change_id limit 1)
  end;
$$;
comment on function graph.last_change_of(text, bigint, bigint) is
  'The last change up to a position of the graph to a user''s followers, following or posts; of `users`, when the user was first seen. Null when there was none.';
