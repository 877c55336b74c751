create or replace function asset.complete_materialization(
    p_instance asset.instances, p_materialization_id bigint, p_position bigint, p_enter_count bigint, p_exit_count bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances := p_instance;
begin
  if p_instance.read_revision is null then
    v_instance.input_revision := asset.probe_input_revision(p_instance, p_position);
  end if;
  update asset.instances set
    input_revision = v_instance.input_revision,
    read_revision = p_position,
    checkpoint_id = p_materialization_id,
    output_revision = p_instance.output_revision + (p_enter_count + p_exit_count > 0)::integer,
    member_count = p_instance.member_count + p_enter_count - p_exit_count,
    failure_count = 0
  where instance_id = p_instance.instance_id
  returning * into v_instance;

  update asset.materializations set
    status = 'success', completed_at = base.now(),
    inputs_hash = asset.inputs_hash(v_instance), dependencies_hash = asset.dependencies_hash(v_instance),
    input_revision = v_instance.input_revision, read_revision = p_position, output_revision = v_instance.output_revision,
    enter_count = p_enter_count, exit_count = p_exit_count, member_count = v_instance.member_count
  where instance_id = p_instance.instance_id and materialization_id = p_materialization_id;

  update asset.dependencies set read_id = pinned_id where instance_id = p_instance.instance_id and read_id is distinct from pinned_id;
  if p_instance.checkpoint_id is null then
    perform asset.schedule_verification(v_instance);
  end if;
  perform asset.note_success(v_instance, p_instance.checkpoint_id is null or v_instance.output_revision > p_instance.output_revision);
  if v_instance.member_count = 0 and v_instance.params ? 'stable_key' then
    perform asset.warn_of_empty_set(v_instance.params ->> 'stable_key');
  end if;
end;
$$;
comment on function asset.complete_materialization(asset.instances, bigint, bigint, bigint, bigint) is
  'Moves the checkpoint to a materialization that has done its work; the revision rises if and only if the membership changed (A8).';
