create or replace function asset.moved_items(p_instance_id bigint, p_role text, p_everything boolean)
  returns table (item_id bigint)
  language sql
  stable
as $$
  select m.item_id
  from asset.dependencies as d
  join asset.members as m on m.item_kind = 'user' and m.instance_id = d.dependency_id
  where d.instance_id = p_instance_id and d.role = p_role and (p_everything or d.read_id is null)
  union all
  select distinct e.item_id
  from asset.dependencies as d
  join asset.events as e on e.item_kind = 'user' and e.instance_id = d.dependency_id
    and e.materialization_id > d.read_id and e.materialization_id <= d.pinned_id
  where d.instance_id = p_instance_id and d.role = p_role and not p_everything;
$$;
comment on function asset.moved_items(bigint, text, boolean) is
  'For a kind: the users of a dependency that entered or left between what was read and what is pinned, or all that ever were in.';
