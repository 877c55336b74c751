create or replace function asset.mark_after_success(p_instance asset.instances, p_has_moved boolean)
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into asset.marks (instance_id, cause, cause_id, look_at)
  select d.instance_id, 'dependency', p_instance.checkpoint_id, base.now()
  from asset.dependencies as d
  where p_has_moved and d.dependency_id = p_instance.instance_id
    and exists (select from asset.wants where instance_id = d.instance_id)
  order by d.instance_id;
  insert into asset.moved_sources (root_id)
  select root_id from asset.roots
  where p_has_moved and instance_id = p_instance.instance_id and target_kind is not null and is_enabled
  order by root_id;
  perform asset.mark_moved_dependencies(p_instance.instance_id);
end;
$$;
comment on function asset.mark_after_success(asset.instances, boolean) is 'After a success: those made from it are looked at, if it moved, and fanouts over it followed; and itself again, if what it read is old already.';
