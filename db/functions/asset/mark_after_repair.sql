create or replace function asset.mark_after_repair(p_instance asset.instances, p_had_wrong_members boolean)
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into asset.marks (instance_id, cause, look_at)
  select p_instance.instance_id, 'repair', base.now()
  where exists (select from asset.wants where instance_id = p_instance.instance_id);
  -- Its pointer may have been what others waited for, and its members may have misled them.
  perform asset.note_success(p_instance, p_instance.checkpoint_id is not null);
  insert into asset.queue (instance_id, work, queued_at)
  select distinct d.instance_id, 'verify', base.now()
  from asset.dependencies as d join asset.instances as i on i.instance_id = d.instance_id
  where p_had_wrong_members and d.dependency_id = p_instance.instance_id and i.checkpoint_id is not null
  on conflict do nothing;
end;
$$;
comment on function asset.mark_after_repair(asset.instances, boolean) is
  'After a repair: the instance is looked at, and so are those made from it, which are verified too if they may have read a wrong membership.';
