create or replace function asset.materialize_queued(p_deadline timestamptz)
  returns text[]
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances;
  v_results text[] := array[]::text[];
begin
  loop
    select i.* into v_instance
    from asset.queue as q join asset.instances as i using (instance_id)
    order by q.queued_at, i.depth, i.kind, i.params_hash
    limit 1
    for update of q skip locked
    for no key update of i skip locked;
    exit when not found;
    delete from asset.queue where instance_id = v_instance.instance_id;
    if exists (select from asset.wants where instance_id = v_instance.instance_id) then
      v_instance.input_revision := asset.input_revision_of(v_instance);
      v_results := v_results || asset.materialize(v_instance);
    end if;
    -- Elapsed time, hence the wall clock: the clock of base.now() stands still inside a transaction.
    exit when pg_catalog.clock_timestamp() >= p_deadline;
  end loop;
  return v_results;
end;
$$;
comment on function asset.materialize_queued(timestamptz) is
  'Materializes what is queued, one instance after the other until the deadline; returns each one''s success or error. The caller holds no other lock: this may take long.';
