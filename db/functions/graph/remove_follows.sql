create or replace function graph.remove_follows(p_target_ids bigint[], p_follower_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_removed_count integer;
begin
  with removed as (
    update graph.follows as f set deleted_at = base.now(), change_id = nextval('graph.change_ids')
    from unnest(p_target_ids, p_follower_ids) as e (target_id, follower_id)
    where f.target_id = e.target_id and f.follower_id = e.follower_id and f.deleted_at is null
    returning f.target_id, f.change_id, f.follower_id
  ), logged as (
    insert into graph.follow_changes (target_id, change_id, follower_id, change, run_id, event_id, changed_at)
    select target_id, change_id, follower_id, 'removed', p_run_id, p_event_id, base.now()
    from removed
  )
  select count(*) into v_removed_count from removed;
  return v_removed_count;
end;
$$;
comment on function graph.remove_follows(bigint[], bigint[], bigint, bigint) is
  'Edges that were found gone (two arrays, pair by pair): soft-deleted and logged; returns how many were alive. The caller holds graph.lock_writer().';
