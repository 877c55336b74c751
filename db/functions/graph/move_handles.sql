create or replace function graph.move_handles(p_profiles graph.profile[], p_run_id bigint, p_event_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
  v_old_handles text[];
  v_new_handles text[];
begin
  -- Who changes a handle of their own, and who loses one to a user of this page. A loser of this page has its new handle among p_profiles.
  select array_agg(m.user_id order by m.user_id), array_agg(m.old_handle order by m.user_id), array_agg(m.new_handle order by m.user_id)
  into v_user_ids, v_old_handles, v_new_handles
  from (
    select u.user_id, u.handle as old_handle, p.handle as new_handle
    from unnest(p_profiles) as p
    join lateral (select user_id, handle from graph.users where user_id = p.user_id limit 1) as u on true
    where p.handle is not null and u.handle is distinct from p.handle
    union all
    select h.user_id, h.handle, null
    from unnest(p_profiles) as p
    join lateral (select user_id, handle from graph.users where lower(handle) = lower(p.handle) limit 1) as h on h.user_id <> p.user_id
    where not exists (select from unnest(p_profiles) as q where q.user_id = h.user_id and q.handle is not null)
  ) as m;
  if v_user_ids is null then
    return;
  end if;
  insert into graph.handle_changes (user_id, old_handle, new_handle, run_id, event_id, changed_at)
  select m.user_id, m.old_handle, m.new_handle, p_run_id, p_event_id, base.now()
  from unnest(v_user_ids, v_old_handles, v_new_handles) as m (user_id, old_handle, new_handle);
  -- All old handles are freed before any new one is taken, so that a rotation inside one page finds them free.
  update graph.users as u set handle = null
  from unnest(v_user_ids, v_old_handles) as m (user_id, old_handle)
  where u.user_id = m.user_id and m.old_handle is not null;
  update graph.user_counts as c set payload_hash = null
  from unnest(v_user_ids, v_new_handles) as m (user_id, new_handle)
  where c.user_id = m.user_id and m.new_handle is null;
  -- Losers outside the page change here and now; the others are updated, and logged, with the rest of their profile.
  insert into graph.user_changes (user_id, change, run_id, event_id, changed_at)
  select m.user_id, 'changed', p_run_id, p_event_id, base.now()
  from unnest(v_user_ids, v_new_handles) as m (user_id, new_handle)
  where m.new_handle is null
    and not exists (select from unnest(p_profiles) as q where q.user_id = m.user_id);
end;
$$;
comment on function graph.move_handles(graph.profile[], bigint, bigint) is
  'Frees every handle that these profiles take or leave, and writes the history (G3): after it graph.users can take the new ones in any order.';
