create or replace function graph.remove_follows(p_target_ids bigint[], p_follower_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_removed_count integer;
begin
  with gone as materialized (
    select e.target_id, e.follower_id, nextval('graph.change_ids') as change_id
    from (select distinct u.target_id, u.follower_id from unnest(p_target_ids, p_follower_ids) as u (target_id, follower_id)) as e
    cross join lateral (
      select from graph.follows where target_id = e.target_id and follower_id = e.follower_id and deleted_at is null limit 1
    ) as f
    -- Positions are drawn after the sort: the same edges get the same ones, whatever the plan (E4).
    order by e.target_id, e.follower_id
  ), removed as (
    update graph.follows as f set deleted_at = base.now(), change_id = g.change_id
    from gone as g
    where f.target_id = g.target_id and f.follower_id = g.follower_id
  ), logged as (
    insert into graph.follow_changes (target_id, change_id, follower_id, change, run_id, event_id, changed_at)
    select target_id, change_id, follower_id, 'removed', p_run_id, p_event_id, base.now()
    from gone
  )
  select count(*) into v_removed_count from gone;
  return v_removed_count;
end;
$$;
comment on function graph.remove_follows(bigint[], bigint[], bigint, bigint) is
  'Edges that were found gone (two arrays, pair by pair): soft-deleted and logged; returns how many were alive. The caller holds graph.lock_writer().';
