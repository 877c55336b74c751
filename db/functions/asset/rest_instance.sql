create or replace function asset.rest_instance(p_instance_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  delete from ingest.needs where consumer_id = p_instance_id;
  -- An edit of the set is remembered until the next look, whenever that is.
  -- Those that whoever materializes it has in hand are left: a look finds that it rests.
  delete from asset.marks
  where mark_id in (
    select mark_id from asset.marks where instance_id = p_instance_id and cause <> 'edit' order by mark_id for update skip locked);
  -- So are pins: what reads them reads them to the end.
  update asset.dependencies as d set pinned_id = null
  from (
    select instance_id, role from asset.dependencies where instance_id = p_instance_id and pinned_id is not null order by role for no key update skip locked
  ) as free
  where d.instance_id = free.instance_id and d.role = free.role;
end;
$$;
comment on function asset.rest_instance(bigint) is 'An instance is wanted no more: no syncs for it, no looks; members, events and what it has read stay. Waits for nobody.';
