create or replace function asset.record_failure(p_instance asset.instances, p_mark_ids bigint[], p_state text, p_message text, p_context text)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_materialization_id bigint;
  v_retry_at constant timestamptz := base.now() + base.backoff(
    base.setting_interval('materialization.backoff'), base.setting_interval('materialization.backoff_cap'),
    p_instance.failure_count + 1, 'instance ' || encode(p_instance.identity_hash, 'hex'));
begin
  v_materialization_id := asset.begin_materialization(p_instance, p_mark_ids);
  update asset.materializations set
    status = 'error', error_state = p_state, error_message = p_message, error_context = p_context, retry_at = v_retry_at, completed_at = base.now()
  where instance_id = p_instance.instance_id and materialization_id = v_materialization_id;
  perform nextval('asset.failures');
  perform asset.keep_causes(p_instance.instance_id, v_materialization_id);
  update asset.instances set failure_count = failure_count + 1 where instance_id = p_instance.instance_id;
  -- The marks stay as causes of the next try; what comes in meanwhile waits for it too.
  perform asset.put_off(p_mark_ids, 'infinity');
  insert into asset.marks (instance_id, cause, cause_id, look_at) values (p_instance.instance_id, 'retry', v_materialization_id, v_retry_at);
  perform base.decide('materialization_failed', 'instance ' || p_instance.instance_id, p_state || ' ' || p_message, v_retry_at,
                      jsonb_build_object('materialization_id', v_materialization_id));
  -- What is made from it and was never able to pin it goes on waiting, now for this reason.
  perform base.decide('failed_dependency', 'instance ' || d.instance_id, 'waits for instance ' || p_instance.instance_id, v_retry_at,
                      jsonb_build_object('instance_id', p_instance.instance_id))
  from (
    -- In the planner's order, who may be deciding the same.
    select i.instance_id
    from asset.dependencies as d join asset.instances as i using (instance_id)
    where p_instance.checkpoint_id is null and d.dependency_id = p_instance.instance_id
      and exists (select from asset.wants where instance_id = d.instance_id)
    order by i.depth, i.kind, i.identity_hash
  ) as d;
end;
$$;
comment on function asset.record_failure(asset.instances, bigint[], text, text, text) is 'A materialization that raised: its row, a back-off, a decision. The snapshot is as it was (A7).';
