create or replace function graph.update_user_counts(p_profiles graph.profile[], p_run_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  with recounted as (
    update graph.user_counts as c set
      followers_count = coalesce(p.followers_count, c.followers_count),
      following_count = coalesce(p.following_count, c.following_count),
      post_count = coalesce(p.post_count, c.post_count),
      listed_count = coalesce(p.listed_count, c.listed_count),
      payload_hash = p.payload_hash,
      run_id = p_run_id
    from unnest(p_profiles) as p
    where c.user_id = p.user_id
    returning c.user_id
  )
  insert into graph.recounts (user_ids, run_id)
  select array_agg(user_id order by user_id), p_run_id
  from recounted
  having count(*) > 0;
end;
$$;
comment on function graph.update_user_counts(graph.profile[], bigint) is
  'Counts that moved, of users that are there, and a note of whose. The caller holds graph.lock_writer().';
