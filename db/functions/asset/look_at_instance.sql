create or replace function asset.look_at_instance(p_instance_id bigint)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances;
  v_mark_ids constant bigint[] := array(select mark_id from asset.marks where instance_id = p_instance_id);
begin
  select * into v_instance from asset.instances where instance_id = p_instance_id for no key update skip locked;
  if not found then
    perform asset.put_off(v_mark_ids, base.now() + interval '1 second');
    return 'locked';
  end if;
  if not exists (select from asset.wants where instance_id = p_instance_id) then
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'resting';
  end if;
  if not asset.is_sound(v_instance) then
    insert into asset.queue (instance_id, work, queued_at) values (p_instance_id, 'verify', base.now()) on conflict do nothing;
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'unsound';
  end if;
  if v_instance.failure_count > 0 and asset.waits_for_retry(p_instance_id) then
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'waiting';
  end if;
  if not asset.pin_dependencies(v_instance) or asset.waits_for_sync(v_instance) then
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'waiting';
  end if;

  v_instance.input_revision := asset.input_revision_of(v_instance);
  if asset.is_up_to_date(v_instance) then
    perform asset.settle_unchanged(p_instance_id, v_mark_ids);
    return 'unchanged';
  end if;
  if v_instance.read_revision is null then
    insert into asset.queue (instance_id, queued_at) values (p_instance_id, base.now()) on conflict do nothing;
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'queued';
  end if;
  return asset.materialize(v_instance);
end;
$$;
comment on function asset.look_at_instance(bigint) is
  'What a mark leads to: locked (somebody else has it), resting, unsound (its checkpoint is wrong: it is verified first, A13), waiting (for a sync, a dependency or the next try), unchanged (A6), queued (it will read everything), success or error. The caller is the planner.';
