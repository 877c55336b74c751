create or replace function graph.mark_users_gone(p_user_ids bigint[], p_reasons text[], p_run_id bigint, p_event_id bigint default null)
  returns void
  language sql
  volatile
as $$
  with gone as (
    update graph.users as u set
      deleted_at = coalesce(u.deleted_at, base.now()),
      gone_reason = g.reason
    from unnest(p_user_ids, p_reasons) as g (user_id, reason)
    where u.user_id = g.user_id
      and (u.deleted_at is null or u.gone_reason is distinct from g.reason)
    returning u.user_id, u.gone_reason
  ), silenced as (
    -- Not of those alone who are found gone just now: a page that was asked for before may have come after.
    update graph.posts as o set text = null from unnest(p_user_ids) as g (user_id) where o.author_id = g.user_id and o.text is not null
  ), unread as (
    update graph.user_counts as c set payload_hash = null from gone as g where c.user_id = g.user_id
  )
  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at, gone_reason)
  select user_id, 'removed', p_run_id, p_event_id, base.now(), gone_reason
  from gone
  order by user_id;
$$;
comment on function graph.mark_users_gone(bigint[], text[], bigint, bigint) is
  'Users that X does not show any more, and why (suspended, deactivated, not_found, or null). The texts of their posts go; the profile stays as last seen, since being gone takes nobody out of a set. Ids that are no users here are passed over (G2). Edges are left alone (G4). The caller holds graph.lock_writer().';
