create or replace function graph.changes_of_item(p_item_kind text, p_item_id bigint, p_follower_id bigint default null)
  returns table (change_id bigint, change text, run_id bigint, event_id bigint, changed_at timestamptz)
  language sql
  stable
as $$
  select change_id, change, run_id, event_id, changed_at from graph.user_changes where p_item_kind = 'user' and user_id = p_item_id
  union all
  select change_id, change, run_id, event_id, changed_at from graph.post_changes where p_item_kind = 'post' and post_id = p_item_id
  union all
  -- By the follower: nobody follows as many as may follow one.
  select change_id, change, run_id, event_id, changed_at from graph.follow_changes
  where p_item_kind = 'follow' and follower_id = p_follower_id and target_id = p_item_id
  order by change_id;
$$;
comment on function graph.changes_of_item(text, bigint, bigint) is 'The log of one user, post or follow (its target and its follower), from the first change to the last (G7).';
