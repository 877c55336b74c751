create or replace function asset.verify(p_instance_id bigint)
  returns setof asset.finding
  language plpgsql
  volatile
as $$
declare
  v_instance constant asset.instances := asset.lock_instance(p_instance_id);
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  return query select * from asset.verify_checkpoint(v_item_kind, v_instance);
  return query select * from asset.verify_history(v_item_kind, v_instance);
  return query select * from asset.verify_events(v_item_kind, v_instance);
  return query select * from asset.verify_members(v_item_kind, v_instance);
  return query select * from asset.verify_computation(v_item_kind, v_instance);
end;
$$;
comment on function asset.verify(bigint) is
  'Holds an instance against its events and its inputs (A13); empty when all is in order. Waits for its lock. Changes nothing. RK004 for an unknown instance.';
