create or replace function asset.report_materialization(
    p_instance asset.instances, p_before asset.materializations, p_after asset.materializations, p_because jsonb)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('materialization',
    format('materialization %s of %s: ', p_after.materialization_id, asset.name_instance(p_instance)) || case p_after.status
      when 'success' then
        case when p_after.enter_count + p_after.exit_count = 0 then format('nobody entered or left, revision %s as before', p_after.output_revision)
             else format('%s entered, %s left, revision %s to %s', p_after.enter_count, p_after.exit_count,
                         coalesce(p_before.output_revision, 0), p_after.output_revision) end
        || format(', members %s%s', p_after.member_count, case when p_after.reads_everything then '; it read everything' else '' end)
      when 'error' then
        format('failed with %s, %s; tried again at %s', p_after.error_state, p_after.error_message, base.format_time(p_after.retry_at))
      else 'in progress' end,
    jsonb_strip_nulls(jsonb_build_object(
      'materialization_id', p_after.materialization_id, 'previous_id', p_before.materialization_id, 'instance', asset.instance_facts(p_instance),
      'status', p_after.status, 'reads_everything', p_after.reads_everything, 'entered', p_after.enter_count, 'left', p_after.exit_count,
      'members', jsonb_build_object('before', coalesce(p_before.member_count, 0), 'after', p_after.member_count),
      'revision', jsonb_build_object('before', coalesce(p_before.output_revision, 0), 'after', p_after.output_revision),
      'read_revision', jsonb_build_object('before', p_before.read_revision, 'after', p_after.read_revision),
      'inputs_hash', jsonb_build_object('before', encode(p_before.inputs_hash, 'hex'), 'after', encode(p_after.inputs_hash, 'hex')),
      'dependencies_hash', jsonb_build_object('before', encode(p_before.dependencies_hash, 'hex'), 'after', encode(p_after.dependencies_hash, 'hex')),
      'error_state', p_after.error_state, 'error_message', p_after.error_message, 'error_context', p_after.error_context,
      'retry_at', p_after.retry_at, 'started_at', p_after.started_at, 'completed_at', p_after.completed_at)),
    p_because);
$$;
comment on function asset.report_materialization(asset.instances, asset.materializations, asset.materializations, jsonb) is
  'A materialization as a reason, beside the success before it: counts, revisions and hashes, before and after.';
