create or replace function asset.explain_inputs(p_before asset.materializations, p_after asset.materializations)
  returns jsonb
  language sql
  stable
as $$
  -- Without a change of its own to read, an asset is made from other assets alone.
  select case when p_after.status <> 'success' or p_after.input_revision = 0 then jsonb '[]' else jsonb_build_array(base.build_reason('inputs',
    case when p_before.inputs_hash = p_after.inputs_hash then format('what it reads itself has not moved since position %s', p_after.input_revision)
         else format('what it reads itself moved: position %s to %s, inputs hash %s to %s',
                     coalesce(p_before.input_revision, 0), p_after.input_revision,
                     coalesce(left(encode(p_before.inputs_hash, 'hex'), 8), 'none'), left(encode(p_after.inputs_hash, 'hex'), 8)) end
    || coalesce((select format(' (%s at %s)', f.says, base.format_time(f.changed_at)) from graph.find_change(p_after.input_revision) as f), ''),
    jsonb_build_object(
      'has_moved', p_before.inputs_hash is distinct from p_after.inputs_hash,
      'input_revision', jsonb_build_object('before', p_before.input_revision, 'after', p_after.input_revision)))) end;
$$;
comment on function asset.explain_inputs(asset.materializations, asset.materializations) is
  'What an asset reads of the graph and of its set, before and after, and the last change of it, as a list of at most one reason.';
