create or replace function asset.wake_instance(p_instance_id bigint, p_root_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- What the members whom it watches did while it rested was not marked: it reads everything again.
  update asset.instances as i set read_revision = null
  where i.instance_id = p_instance_id and i.read_revision is not null
    and exists (select from asset.dependencies where instance_id = i.instance_id and watched <> '{}');
  insert into asset.marks (instance_id, cause, cause_id, look_at) values (p_instance_id, 'root', p_root_id, base.now());
  -- What is made from other assets learns its needs when it pins them (asset.pin_dependencies). Pins are left only of what somebody had in hand.
  update asset.dependencies set pinned_id = null where instance_id = p_instance_id and pinned_id is not null;
  if not exists (select from asset.dependencies where instance_id = p_instance_id) then
    perform asset.change_needs(p_instance_id, false);
  end if;
end;
$$;
comment on function asset.wake_instance(bigint, bigint) is 'An instance is wanted now that was not: it is looked at, and its syncs are needed.';
