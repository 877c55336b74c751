create or replace function asset.explain_materialization(p_materialization_id bigint, p_depth integer, p_with_roots boolean default true)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_after asset.materializations;
  v_before asset.materializations;
  v_instance asset.instances;
begin
  select * into v_after from asset.materializations where materialization_id = p_materialization_id;
  if not found then
    raise exception 'there is no materialization %', coalesce(p_materialization_id::text, 'null')
      using errcode = 'RK016', hint = 'select * from api.materializations; lists them.';
  end if;
  select * into strict v_instance from asset.instances where instance_id = v_after.instance_id;
  select * into v_before from asset.materializations
  where instance_id = v_after.instance_id and materialization_id < v_after.materialization_id and status = 'success'
  order by materialization_id desc limit 1;
  return asset.report_materialization(v_instance, v_before, v_after,
    case when p_with_roots then asset.explain_roots(v_instance.instance_id, v_after.root_ids) else '[]' end
    || asset.explain_causes(v_after)
    || asset.explain_inputs(v_before, v_after)
    || asset.explain_pins(v_before, v_after, p_depth)
    || asset.explain_feeding(v_before, v_after)
    || asset.explain_feeding_events(v_before, v_after));
end;
$$;
comment on function asset.explain_materialization(bigint, integer, boolean) is
  'A materialization as a reason (A12): who asked for it, why now, which inputs moved, which runs and events fed it; and as much of what it is made from, p_depth deep. RK016 for an unknown one.';
