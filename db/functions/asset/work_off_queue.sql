create or replace function asset.work_off_queue(p_deadline timestamptz)
  returns text[]
  language plpgsql
  volatile
as $$
declare
  v_next record;
  v_instance asset.instances;
  v_passed_ids bigint[] := array[]::bigint[];
  v_results text[] := array[]::text[];
begin
  loop
    select q.instance_id, q.work into v_next
    from asset.queue as q join asset.instances as i using (instance_id)
    where q.instance_id <> all (v_passed_ids)
    order by q.queued_at, i.depth, i.kind, i.identity_hash, q.work
    limit 1
    for update of q skip locked
    for no key update of i skip locked;
    exit when not found;
    if not asset.try_pins(v_next.instance_id) then
      v_passed_ids := v_passed_ids || v_next.instance_id;
      continue;
    end if;
    delete from asset.queue where instance_id = v_next.instance_id and work = v_next.work;
    if v_next.work = 'verify' then
      v_results := v_results || asset.verify_queued(v_next.instance_id);
    elsif exists (select from asset.wants where instance_id = v_next.instance_id)
      -- One that rested meanwhile has lost its pins: the look that its waking asked for sees to it.
      and not exists (select from asset.dependencies where instance_id = v_next.instance_id and pinned_id is null) then
      select * into strict v_instance from asset.instances where instance_id = v_next.instance_id;
      v_instance.input_revision := asset.input_revision_of(v_instance);
      v_results := v_results || asset.materialize(v_instance);
    end if;
    -- Elapsed time, hence the wall clock: the clock of base.now() stands still inside a transaction.
    -- After a failure too: what it decided about others is locked until the end.
    exit when pg_catalog.clock_timestamp() >= p_deadline or v_results[cardinality(v_results)] = 'error';
  end loop;
  return v_results;
end;
$$;
comment on function asset.work_off_queue(timestamptz) is
  'Materializes and verifies what is queued, one instance after the other until the deadline; returns what each came to. The caller holds no other lock: this may take long.';
