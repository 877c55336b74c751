create or replace function graph.update_users(p_profiles graph.profile[], p_run_id bigint, p_event_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  with updated as (
    update graph.users as u set
      handle = coalesce(p.handle, u.handle),
      name = coalesce(p.name, u.name),
      description = p.description,
      location = p.location,
      url = p.url,
      image_url = p.image_url,
      is_verified = coalesce(p.is_verified, u.is_verified),
      verified_type = p.verified_type,
      is_protected = coalesce(p.is_protected, u.is_protected),
      joined_at = coalesce(p.joined_at, u.joined_at),
      deleted_at = null,
      gone_reason = null
    from unnest(p_profiles) as p
    join lateral (select user_id, deleted_at, is_protected from graph.users where user_id = p.user_id limit 1) as old on true
    where u.user_id = old.user_id
    returning u.user_id, old.deleted_at, u.is_protected and old.is_protected is not true as is_hidden
  ), silenced as (
    update graph.posts as o set text = null from updated as h where h.is_hidden and o.author_id = h.user_id and o.text is not null
  )
  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at)
  select user_id, case when deleted_at is null then 'changed' else 'revived' end, p_run_id, p_event_id, base.now()
  from updated order by user_id;
end;
$$;
comment on function graph.update_users(graph.profile[], bigint, bigint) is 'Users whose profile changed or who came back, and the log of it. The texts of whose posts X hides from now on go.';
