create or replace function asset.enable_root(p_kind text, p_params jsonb)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_root_id bigint;
  v_woken_id bigint;
begin
  perform asset.lock_planner();
  v_root_id := asset.ensure_instance(p_kind, p_params);
  insert into asset.roots as r (instance_id, is_enabled, enabled_at)
  values (v_root_id, true, base.now())
  on conflict (instance_id) do update set is_enabled = true, enabled_at = excluded.enabled_at, disabled_at = null where not r.is_enabled;
  if not found then
    return v_root_id;
  end if;
  for v_woken_id in
    with recursive closure as (
      select v_root_id as instance_id
      union
      select d.dependency_id from closure join asset.dependencies as d using (instance_id)
    ), added as (
      insert into asset.wants (instance_id, root_id)
      select instance_id, v_root_id from closure
      returning instance_id
    )
    select a.instance_id from added as a join asset.instances as i using (instance_id)
    where not exists (select from asset.wants where instance_id = a.instance_id)
    order by i.depth, i.kind, i.params_hash
  loop
    perform asset.wake_instance(v_woken_id, v_root_id);
  end loop;
  return v_root_id;
end;
$$;
comment on function asset.enable_root(text, jsonb) is
  'Keeps an instance fresh from now on, and all that it is made from (A3, A4); returns its id. Enabling an enabled root changes nothing. Errors of asset.ensure_instance.';
