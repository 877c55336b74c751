create or replace function graph.write_users(p_profiles graph.profile[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_new graph.profile[];
  v_changed graph.profile[];
  v_recounted graph.profile[];
begin
  -- The probes are lateral: a plan made while the tables were empty stays good when they are large.
  select array_agg(p) filter (where u.user_id is null),
         array_agg(p) filter (where u.user_id is not null and (
           u.handle is distinct from coalesce(p.handle, u.handle)
           or u.deleted_at is not null
           or (u.name, u.description, u.location, u.url, u.image_url, u.verified_type)
              is distinct from (coalesce(p.name, u.name), p.description, p.location, p.url, p.image_url, p.verified_type)
           or u.is_verified is distinct from coalesce(p.is_verified, u.is_verified)
           or u.is_protected is distinct from coalesce(p.is_protected, u.is_protected)
           or u.joined_at is distinct from coalesce(p.joined_at, u.joined_at))),
         array_agg(p) filter (where u.user_id is not null and (
           c.followers_count is distinct from coalesce(p.followers_count, c.followers_count)
           or c.following_count is distinct from coalesce(p.following_count, c.following_count)
           or c.post_count is distinct from coalesce(p.post_count, c.post_count)
           or c.listed_count is distinct from coalesce(p.listed_count, c.listed_count)))
  into v_new, v_changed, v_recounted
  from unnest(graph.settle_profiles(graph.drop_forgotten_profiles(p_profiles))) as p
  left join lateral (select * from graph.users where user_id = p.user_id limit 1) as u on true
  left join lateral (select * from graph.user_counts where user_id = p.user_id limit 1) as c on true;

  if v_new is not null or v_changed is not null then
    perform graph.move_handles(v_new || v_changed, p_run_id, p_event_id);
  end if;
  if v_new is not null then
    perform graph.insert_users(v_new, p_run_id, p_event_id);
  end if;
  if v_changed is not null then
    perform graph.update_users(v_changed, p_run_id, p_event_id);
  end if;
  if v_recounted is not null then
    perform graph.update_user_counts(v_recounted, p_run_id);
  end if;
  if v_changed is not null then
    update graph.user_counts as c set payload_hash = p.payload_hash
    from unnest(v_changed) as p
    where c.user_id = p.user_id and c.payload_hash is distinct from p.payload_hash;
  end if;
  return coalesce(cardinality(v_new), 0);
end;
$$;
comment on function graph.write_users(graph.profile[], bigint, bigint) is
  'Stores a page of profiles and returns how many users were new. What did not change is not written (G8); who was gone is revived (G4); of who was forgotten nothing is kept. The caller holds graph.lock_writer().';
