create or replace function asset.rest_instance(p_instance_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_sync record;
begin
  for v_sync in
    with dropped as (
      delete from ingest.needs where consumer_id = p_instance_id returning sync_kind, subject_id
    )
    select sync_kind, array_agg(subject_id) as subject_ids from dropped group by sync_kind order by sync_kind
  loop
    perform ingest.reschedule(v_sync.sync_kind, v_sync.subject_ids);
  end loop;
  -- An edit of the set is remembered until the next look, whenever that is.
  delete from asset.marks where instance_id = p_instance_id and cause <> 'edit';
  update asset.dependencies set pinned_id = null where instance_id = p_instance_id;
end;
$$;
comment on function asset.rest_instance(bigint) is 'An instance is wanted no more: no syncs for it, no looks; members, events and what it has read stay.';
