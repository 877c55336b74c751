create or replace function graph.drop_forgotten_posts(p_posts graph.post[])
  returns graph.post[]
  language plpgsql
  stable
as $$
begin
  -- Mostly nobody was ever forgotten, which is told at once.
  if not exists (select from graph.forgotten_users) then
    return p_posts;
  end if;
  return array(
    select case when f.user_id is null then s.p
                else row((s.p).post_id, (s.p).author_id, (s.p).posted_at, null, null, null, null, null, null, null, null)::graph.post end
    from (select u as p from unnest(p_posts) as u) as s
    left join lateral (select author_id from graph.posts where post_id = (s.p).post_id limit 1) as o on true
    left join lateral (select user_id from graph.forgotten_users where user_id = coalesce(o.author_id, (s.p).author_id) limit 1) as f on true);
end;
$$;
comment on function graph.drop_forgotten_posts(graph.post[]) is 'The same posts; of those by users who were forgotten, number, author and time.';
