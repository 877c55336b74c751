create or replace function asset.explain_failure(p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(base.build_reason('materialization',
    format('materialization %s failed with %s, %s', m.materialization_id, m.error_state, m.error_message),
    jsonb_build_object('materialization_id', m.materialization_id, 'error_state', m.error_state, 'error_message', m.error_message,
                       'error_context', m.error_context, 'until_at', m.retry_at))), '[]')
  from (
    select * from asset.materializations where instance_id = p_instance_id order by materialization_id desc limit 1
  ) as m
  where m.status = 'error';
$$;
comment on function asset.explain_failure(bigint) is 'The last materialization of an instance, if it failed, as a list of at most one reason.';
