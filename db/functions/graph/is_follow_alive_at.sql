create or replace function graph.is_follow_alive_at(p_follow graph.follows, p_position bigint)
  returns boolean
  language sql
  stable
as $$
  select case when p_follow.change_id <= p_position then p_follow.deleted_at is null
    else coalesce((
      select c.change <> 'removed' from graph.follow_changes as c
      where c.follower_id = p_follow.follower_id and c.target_id = p_follow.target_id and c.change_id <= p_position
      order by c.change_id desc limit 1), false)
  end;
$$;
comment on function graph.is_follow_alive_at(graph.follows, bigint) is 'Whether an edge was there at a position of the graph.';
