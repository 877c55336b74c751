create or replace function graph.mark_users_protected(p_user_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns void
  language sql
  volatile
as $$
  with hidden as (
    update graph.users as u set is_protected = true
    from unnest(p_user_ids) as p (user_id)
    where u.user_id = p.user_id and u.is_protected is not true and u.deleted_at is null
    returning u.user_id
  ), silenced as (
    -- As in graph.mark_users_gone.
    update graph.posts as o set text = null from unnest(p_user_ids) as p (user_id) where o.author_id = p.user_id and o.text is not null
  ), unread as (
    update graph.user_counts as c set payload_hash = null from hidden as h where c.user_id = h.user_id
  )
  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at)
  select user_id, 'changed', p_run_id, p_event_id, base.now()
  from hidden order by user_id;
$$;
comment on function graph.mark_users_protected(bigint[], bigint, bigint) is
  'Users whose lists X does not show, since they are protected; nor posts, whose texts go. Ids that are no users here, or gone, are passed over (G2). The caller holds graph.lock_writer().';
