create or replace function asset.mark_moved_dependencies(p_instance_id bigint)
  returns void
  language sql
  volatile
as $$
  insert into asset.marks (instance_id, cause, cause_id, look_at)
  select d.instance_id, 'dependency', i.checkpoint_id, base.now()
  from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
  where d.instance_id = p_instance_id and d.pinned_id <> i.checkpoint_id;
$$;
comment on function asset.mark_moved_dependencies(bigint) is 'A dependency that moved on while its pin was being read asks for another look.';
