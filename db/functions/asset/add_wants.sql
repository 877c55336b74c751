create or replace function asset.add_wants(p_root_id bigint, p_via_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance record;
begin
  for v_instance in
    with recursive closure as (
      select p_via_id as instance_id
      union
      select d.dependency_id
      from closure as c
      cross join lateral (select dependency_id from asset.dependencies where instance_id = c.instance_id offset 0) as d
    ), added as (
      insert into asset.wants (instance_id, root_id, via_id)
      select instance_id, p_root_id, p_via_id from closure
      on conflict do nothing
    )
    select i.instance_id, w.root_id is not null as was_wanted
    from closure as c
    cross join lateral (select instance_id, depth, kind, identity_hash from asset.instances where instance_id = c.instance_id limit 1) as i
    left join lateral (select root_id from asset.wants where instance_id = c.instance_id limit 1) as w on true
    order by i.depth, i.kind, i.identity_hash
  loop
    if v_instance.was_wanted then
      perform asset.set_freshness(v_instance.instance_id);
    else
      perform asset.wake_instance(v_instance.instance_id, p_root_id);
    end if;
  end loop;
end;
$$;
comment on function asset.add_wants(bigint, bigint) is 'A root asks for an instance: that, and all that it is made from, is wanted; what was not wanted before wakes.';
