create or replace function asset.lock_instance(p_instance_id bigint)
  returns asset.instances
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances;
begin
  perform asset.item_kind_of(p_instance_id);
  select * into strict v_instance from asset.instances where instance_id = p_instance_id for no key update;
  perform from asset.dependencies where instance_id = p_instance_id order by role for no key update;
  return v_instance;
end;
$$;
comment on function asset.lock_instance(bigint) is 'Waits to be the one who materializes, verifies or repairs an instance, and to have its pins, until the end of the transaction. RK004 for an unknown instance.';
