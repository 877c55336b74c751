create or replace function asset.settle_unchanged(p_instance_id bigint, p_mark_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  -- A pin that moved without a new revision is the same membership: it counts as read.
  update asset.dependencies set read_id = pinned_id
  where instance_id = p_instance_id and read_id is distinct from pinned_id;
  delete from asset.marks where mark_id = any (p_mark_ids);
  -- One of these may have been of a dependency that has moved further than its pin.
  perform asset.mark_moved_dependencies(p_instance_id);
end;
$$;
comment on function asset.settle_unchanged(bigint, bigint[]) is 'A look found nothing to do, and its marks are done with.';
