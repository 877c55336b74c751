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
  update asset.dependencies set pinned_id = null where instance_id = p_instance_id;
end;
$$;
comment on function asset.rest_instance(bigint) is 'An instance is wanted no more: no syncs for it, no looks; members, events and what it has read stay.';
