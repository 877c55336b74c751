create or replace function asset.memberships_of(p_user_id bigint, p_limit integer)
  returns table (
    instance_id bigint, kind text, params jsonb, is_current boolean, since timestamptz, left_at timestamptz, first_entered_at timestamptz,
    materialization_id bigint, wanted boolean)
  language plpgsql
  stable
as $$
begin
  if not exists (select from graph.users as u where u.user_id = p_user_id) then
    raise exception 'no user % is known', coalesce(p_user_id::text, 'null')
      using errcode = 'RK018', hint = 'A user is known once something that was bought, or an event, showed it; sync_request looks one up.';
  end if;
  if p_limit < 1 then
    raise exception 'a page cannot have % memberships', p_limit
      using errcode = 'RK012', hint = 'Give a p_limit of 1 or more (null: all).';
  end if;
  return query
    select i.instance_id, i.kind, i.params, m.left_at is null, m.entered_at, m.left_at, m.first_entered_at, m.moved_id,
           exists (select from asset.wants as w where w.instance_id = i.instance_id)
    from asset.segment_members as m join asset.instances as i using (instance_id)
    where m.item_id = p_user_id
    order by m.left_at desc nulls first, m.instance_id
    limit p_limit;
end;
$$;
comment on function asset.memberships_of(bigint, integer) is
  'The segments that hold a user, then those that did once, the last left first; all or as many as p_limit. Errors RK012, RK018.';
