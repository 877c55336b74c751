create or replace function ingest.report_handle_change(p_change graph.handle_changes)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('handle_change',
    format('user %s went from %s to %s at %s by ', p_change.user_id, coalesce('@' || p_change.old_handle, 'no handle'),
           coalesce('@' || p_change.new_handle, 'no handle'), base.format_time(p_change.changed_at))
    || ingest.name_origin(p_change.run_id, p_change.event_id),
    jsonb_strip_nulls(jsonb_build_object(
      'user_id', p_change.user_id::text, 'change_id', p_change.change_id, 'run_id', p_change.run_id,
      'event_id', p_change.event_id, 'changed_at', p_change.changed_at))
    || jsonb_build_object('old_handle', p_change.old_handle, 'new_handle', p_change.new_handle));
$$;
comment on function ingest.report_handle_change(graph.handle_changes) is 'A transition of a handle as a reason.';
