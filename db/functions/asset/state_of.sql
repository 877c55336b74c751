create or replace function asset.state_of(p_instance asset.instances, out state text, out until_at timestamptz)
  language plpgsql
  stable
as $$
declare
  v_instance asset.instances := p_instance;
  v_retry_at timestamptz;
  v_look_at timestamptz;
begin
  -- In the order in which asset.look_at_instance asks.
  select min(look_at) filter (where cause = 'retry' and look_at < 'infinity'), min(look_at)
  into v_retry_at, v_look_at
  from asset.marks where instance_id = p_instance.instance_id;
  v_instance.input_revision := asset.input_revision_of(p_instance);
  state := case
    when not exists (select from asset.wants where instance_id = p_instance.instance_id) then 'resting'
    when exists (select from asset.queue where instance_id = p_instance.instance_id and work = 'materialize') then 'queued'
    when p_instance.failure_count > 0 and v_retry_at > base.now() then 'failed'
    when exists (select from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
                 where d.instance_id = p_instance.instance_id and i.checkpoint_id is null) then 'waiting_for_dependency'
    when exists (select from ingest.unmet_needs(p_instance.instance_id, 1)) then 'waiting_for_sync'
    when v_look_at > base.now() and v_look_at < 'infinity' then 'locked'
    when v_look_at <= base.now() or not asset.is_up_to_date(v_instance) then 'pending'
    else 'fresh' end;
  until_at := case
    when state in ('queued', 'pending') then base.now()
    when state = 'failed' then v_retry_at
    when state = 'locked' then v_look_at end;
end;
$$;
comment on function asset.state_of(asset.instances) is
  'What a look at an instance would find now: resting, queued, failed, waiting_for_dependency, waiting_for_sync, locked (another worker had it), pending (the next tick has something to do) or fresh; and until when, where that is its own.';
