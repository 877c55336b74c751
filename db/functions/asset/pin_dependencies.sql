create or replace function asset.pin_dependencies(p_instance asset.instances)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_missing record;
  v_was_unpinned boolean;
  v_has_moved boolean;
begin
  select d.dependency_id, i.failure_count into v_missing
  from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
  where d.instance_id = p_instance.instance_id and i.checkpoint_id is null
  order by d.role limit 1;
  if found then
    perform base.decide(case when v_missing.failure_count > 0 then 'failed_dependency' else 'missing_prerequisite' end,
                        'instance ' || p_instance.instance_id, 'waits for instance ' || v_missing.dependency_id, null,
                        jsonb_build_object('instance_id', v_missing.dependency_id));
    return false;
  end if;
  -- A pin stays until it was read: a dependency that moves all the time holds nobody up (A5).
  with pinned as (
    update asset.dependencies as d set pinned_id = i.checkpoint_id
    from asset.instances as i, asset.dependencies as old
    where d.instance_id = p_instance.instance_id and i.instance_id = d.dependency_id
      and old.instance_id = d.instance_id and old.role = d.role
      and (d.pinned_id is null or d.pinned_id is not distinct from d.read_id)
      and d.pinned_id is distinct from i.checkpoint_id
    returning old.pinned_id
  )
  select bool_or(pinned_id is null), count(*) > 0 into v_was_unpinned, v_has_moved from pinned;
  if v_has_moved then
    perform asset.change_needs(p_instance.instance_id, not v_was_unpinned);
    -- What is needed from now on starts now, so that the decision to wait can name its run.
    perform ingest.plan_runs(base.setting_integer('tick.items'));
  end if;
  return true;
end;
$$;
comment on function asset.pin_dependencies(asset.instances) is
  'Pins the materializations that the instance will read (A12), and with a pin that moved its needs; false, with a decision, while a dependency has none.';
