create or replace function asset.take_moves()
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance_ids bigint[];
  v_root asset.roots;
begin
  with noted as (
    delete from asset.moves returning instance_id, materialization_id
  ), marked as (
    insert into asset.marks (instance_id, cause, cause_id, look_at)
    select d.instance_id, 'dependency', n.materialization_id, base.now()
    from noted as n
    join asset.dependencies as d on d.dependency_id = n.instance_id
    where exists (select from asset.wants where instance_id = d.instance_id)
    order by n.materialization_id, d.instance_id
  )
  select array_agg(instance_id) into v_instance_ids from noted;

  for v_root in
    select * from asset.roots
    where instance_id = any (v_instance_ids) and target_kind is not null and is_enabled
    order by root_id
  loop
    perform asset.follow_source(v_root);
  end loop;
end;
$$;
comment on function asset.take_moves() is
  'What is made from instances that have moved is looked at, and fanouts over them are followed. The caller is the planner: nobody asks for an asset meanwhile.';
