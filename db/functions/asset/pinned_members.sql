create or replace function asset.pinned_members(p_instance_id bigint, p_role text)
  returns table (item_id bigint)
  language sql
  stable
as $$
  select m.item_id
  from asset.dependencies as d
  cross join lateral asset.members_as_of('user', d.dependency_id, d.pinned_id) as m
  where d.instance_id = p_instance_id and d.role = p_role;
$$;
comment on function asset.pinned_members(bigint, text) is
  'For a kind: the users of a dependency, as of its pinned materialization. For reading everything; whether one user is in, asset.has_member says.';
