create or replace function asset.has_member(p_instance_id bigint, p_role text, p_item_id bigint)
  returns boolean
  language sql
  stable
as $$
  -- As of the pin (A11): as it stands now, unless an odd number of events came after.
  select coalesce((
      select m.left_at is null from asset.members as m
      where m.item_kind = 'user' and m.instance_id = d.dependency_id and m.item_id = p_item_id), false)
    <> ((
      select count(*) from asset.events as e
      where e.item_kind = 'user' and e.instance_id = d.dependency_id and e.materialization_id > d.pinned_id and e.item_id = p_item_id) % 2 = 1)
  from asset.dependencies as d
  where d.instance_id = p_instance_id and d.role = p_role;
$$;
comment on function asset.has_member(bigint, text, bigint) is 'For a kind: whether a user is in a dependency, as of its pinned materialization.';
