create or replace function asset.report_done()
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_noted constant bigint[] := base.noted('materializations');
begin
  if v_noted is null then
    return jsonb '{}';
  end if;
  return (
    select jsonb_build_object('materializations', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'materialization_id', materialization_id, 'instance_id', instance_id, 'status', status, 'reads_everything', reads_everything,
      'entered', enter_count, 'left', exit_count, 'members', member_count, 'error_state', error_state)) order by materialization_id))
    from asset.materializations
    where materialization_id = any (v_noted));
end;
$$;
comment on function asset.report_done() is
  'What was materialized, or failed to be, since base.forget_notes(), for a log: {materializations: [{materialization_id, instance_id, status, …}]}, or {} where nothing was.';
