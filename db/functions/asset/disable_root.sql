create or replace function asset.disable_root(p_kind text, p_params jsonb)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_root_id constant bigint := asset.find_instance(p_kind, p_params);
  v_root asset.roots;
  v_resting_id bigint;
begin
  perform asset.lock_planner();
  select * into v_root from asset.roots where instance_id = v_root_id;
  if v_root.is_enabled is not true then
    raise exception 'that is no enabled root: % %', p_kind, p_params
      using errcode = 'RK005', hint = 'select * from api.roots; lists them.';
  end if;
  update asset.roots set is_enabled = false, disabled_at = base.now() where instance_id = v_root_id;
  for v_resting_id in
    with dropped as (
      delete from asset.wants where root_id = v_root_id returning instance_id
    )
    select d.instance_id from dropped as d
    where not exists (select from asset.wants where instance_id = d.instance_id and root_id <> v_root_id)
    order by d.instance_id
  loop
    perform asset.rest_instance(v_resting_id);
  end loop;
  return v_root_id;
end;
$$;
comment on function asset.disable_root(text, jsonb) is
  'Stops keeping an instance fresh; what no other enabled root needs rests, with its history (A3). Returns the instance. RK005 when it is no enabled root.';
