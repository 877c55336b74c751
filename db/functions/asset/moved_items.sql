create or replace function asset.moved_items(p_instance_id bigint, p_role text, p_everything boolean)
  returns table (item_id bigint)
  language plpgsql
  stable
  rows 100
as $$
declare
  v_source asset.dependencies;
begin
  select * into v_source from asset.dependencies where instance_id = p_instance_id and role = p_role;
  if p_everything or v_source.read_id is null then
    return query
      select m.item_id from asset.members as m where m.item_kind = 'user' and m.instance_id = v_source.dependency_id;
  else
    return query
      select distinct e.item_id
      from asset.events as e
      where e.item_kind = 'user' and e.instance_id = v_source.dependency_id
        and e.materialization_id > v_source.read_id and e.materialization_id <= v_source.pinned_id;
  end if;
end;
$$;
comment on function asset.moved_items(bigint, text, boolean) is
  'For a kind: the users of a dependency that entered or left between what was read and what is pinned, or all that ever were in. Not inlined: an estimate by the size of the dependency would make its caller read all of it.';
