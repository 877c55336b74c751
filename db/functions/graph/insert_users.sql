create or replace function graph.insert_users(p_profiles graph.profile[], p_run_id bigint, p_event_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into graph.users (user_id, handle, name, description, location, url, image_url, is_verified, verified_type, is_protected, joined_at)
  select user_id, handle, name, description, location, url, image_url, is_verified, verified_type, is_protected, joined_at
  from unnest(p_profiles);

  insert into graph.user_counts (user_id, followers_count, following_count, post_count, listed_count, payload_hash, run_id)
  select user_id, followers_count, following_count, post_count, listed_count, payload_hash, p_run_id
  from unnest(p_profiles);

  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at)
  select user_id, 'added', p_run_id, p_event_id, base.now()
  from unnest(p_profiles);
end;
$$;
comment on function graph.insert_users(graph.profile[], bigint, bigint) is 'Users seen for the first time, their counts, and the log of it. Their handles are free (graph.move_handles).';
