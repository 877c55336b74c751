create or replace function asset.begin_materialization(p_instance asset.instances, p_mark_ids bigint[])
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_materialization_id bigint;
begin
  insert into asset.materializations (instance_id, reads_everything, causes, root_ids, started_at)
  values (p_instance.instance_id, p_instance.read_revision is null, asset.causes_of(p_mark_ids),
          array(select root_id from asset.wants where instance_id = p_instance.instance_id order by root_id), base.now())
  returning materialization_id into v_materialization_id;
  perform base.note('materializations', v_materialization_id);
  insert into asset.pins (instance_id, materialization_id, role, dependency_id, pinned_id)
  select instance_id, v_materialization_id, role, dependency_id, pinned_id
  from asset.dependencies where instance_id = p_instance.instance_id;
  return v_materialization_id;
end;
$$;
comment on function asset.begin_materialization(asset.instances, bigint[]) is 'The row of a materialization, with what asked for it and what it will read (A12); returns its id.';
