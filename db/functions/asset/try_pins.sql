create or replace function asset.try_pins(p_instance_id bigint)
  returns boolean
  language plpgsql
  volatile
as $$
begin
  return (
    select count(*) from (select from asset.dependencies where instance_id = p_instance_id order by role for no key update skip locked) as held
  ) = (select count(*) from asset.dependencies where instance_id = p_instance_id);
end;
$$;
comment on function asset.try_pins(bigint) is
  'Keeps the pins of an instance as they are until the end of the transaction; false: somebody lets it rest just now. The caller holds the lock of its row.';
