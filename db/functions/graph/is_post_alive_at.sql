create or replace function graph.is_post_alive_at(p_post graph.posts, p_position bigint)
  returns boolean
  language sql
  stable
as $$
  select case when p_post.change_id <= p_position then p_post.deleted_at is null
    else coalesce((
      select c.change <> 'removed' from graph.post_changes as c
      where c.post_id = p_post.post_id and c.change_id <= p_position
      order by c.change_id desc limit 1), false)
  end;
$$;
comment on function graph.is_post_alive_at(graph.posts, bigint) is 'Whether a post was there at a position of the graph.';
