create or replace function asset.has_member(p_instance_id bigint, p_role text, p_item_id bigint)
  returns boolean
  language plpgsql
  stable
as $$
begin
  -- As of the pin, like asset.members_as_of (A11).
  return (
    select coalesce((
      select case when m.moved_id > d.pinned_id then (
          select not e.is_enter from asset.events as e
          where e.item_kind = 'user' and e.instance_id = m.instance_id and e.materialization_id > d.pinned_id and e.item_id = m.item_id
          order by e.materialization_id limit 1)
        else m.left_at is null end
      from asset.members as m
      where m.item_kind = 'user' and m.instance_id = d.dependency_id and m.item_id = p_item_id), false)
    from asset.dependencies as d
    where d.instance_id = p_instance_id and d.role = p_role);
end;
$$;
comment on function asset.has_member(bigint, text, bigint) is 'For a kind: whether a user is in a dependency, as of its pinned materialization.';
