create or replace function asset.queue_due_verification()
  returns boolean
  language plpgsql
  volatile
as $$
begin
  with due as (
    update asset.verifications set due_at = base.now() + base.setting_interval('verify.after')
    where instance_id = (
      select instance_id from asset.verifications where due_at <= base.now() order by due_at, instance_id limit 1 for update skip locked)
    returning instance_id
  )
  insert into asset.queue (instance_id, work, queued_at)
  select instance_id, 'verify', base.now() from due
  on conflict do nothing;
  return found;
end;
$$;
comment on function asset.queue_due_verification() is 'Queues the verification that is due first, if one is (A13), and returns whether it did; it falls due again after verify.after.';
