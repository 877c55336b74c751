create or replace function asset.explain_wait(p_instance_id bigint, p_depth integer)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_instance asset.instances;
  v_state text;
  v_until_at timestamptz;
  v_because jsonb;
begin
  select * into v_instance from asset.instances where instance_id = p_instance_id;
  if not found then
    raise exception 'there is no instance %', coalesce(p_instance_id::text, 'null')
      using errcode = 'RK004', hint = 'select * from api.instances; lists them.';
  end if;
  select s.state, s.until_at into strict v_state, v_until_at from asset.state_of(v_instance) as s;
  v_because := asset.explain_decision(v_instance, v_state) || case v_state
    when 'resting' then asset.explain_roots(p_instance_id, (
      select root_ids from asset.materializations where materialization_id = v_instance.checkpoint_id))
    when 'failed' then asset.explain_failure(p_instance_id)
    when 'waiting_for_dependency' then asset.explain_dependencies(p_instance_id, p_depth, true)
    when 'waiting_for_sync' then asset.explain_needs(p_instance_id)
    when 'fresh' then asset.explain_next(p_instance_id) || asset.explain_dependencies(p_instance_id, p_depth, false)
    else '[]' end;
  v_until_at := coalesce(v_until_at, (
    select min((b ->> 'until_at')::timestamptz) from jsonb_array_elements(v_because) as b where b ->> 'about' <> 'decision'));
  return base.build_reason('instance', asset.name_instance(v_instance) || asset.say_state(v_instance, v_state, v_until_at),
    jsonb_strip_nulls(jsonb_build_object(
      'instance', asset.instance_facts(v_instance), 'state', v_state, 'until_at', v_until_at, 'checkpoint_id', v_instance.checkpoint_id,
      'revision', v_instance.output_revision, 'members', v_instance.member_count)),
    v_because);
end;
$$;
comment on function asset.explain_wait(bigint, integer) is
  'Why an instance does not move, as a reason: its state, the chain of what holds it up, and until_at: when it is looked at next, as far as is known. RK004 for an unknown one.';
