create or replace function graph.find_change(p_change_id bigint)
  returns table (says text, run_id bigint, event_id bigint, changed_at timestamptz)
  language sql
  stable
as $$
  select format('user %s %s', user_id, change), run_id, event_id, changed_at from graph.user_changes where change_id = p_change_id
  union all
  select format('follow of %s by %s %s', target_id, follower_id, change), run_id, event_id, changed_at
  from graph.follow_changes where change_id = p_change_id
  union all
  select format('post %s by %s %s', post_id, author_id, change), run_id, event_id, changed_at from graph.post_changes where change_id = p_change_id;
$$;
comment on function graph.find_change(bigint) is 'What changed at a position of the graph, and whose doing it was; no row when no user, follow or post did.';
