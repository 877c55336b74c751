create or replace function graph.write_follows(p_target_ids bigint[], p_follower_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_changed_count integer;
begin
  with moved as materialized (
    select s.target_id, s.follower_id, nextval('graph.change_ids') as change_id,
           case when f.target_id is null then 'added' else 'revived' end as change
    from (select distinct e.target_id, e.follower_id from unnest(p_target_ids, p_follower_ids) as e (target_id, follower_id)) as s
    left join lateral (
      select target_id, deleted_at from graph.follows where target_id = s.target_id and follower_id = s.follower_id limit 1
    ) as f on true
    where (f.target_id is null or f.deleted_at is not null) and s.target_id <> s.follower_id
    -- Positions are drawn after the sort: the same page gets the same ones, whatever the plan (E4).
    order by s.target_id, s.follower_id
  ), logged as (
    insert into graph.follow_changes (target_id, change_id, follower_id, change, run_id, event_id, changed_at)
    select target_id, change_id, follower_id, change, p_run_id, p_event_id, base.now()
    from moved
  ), added as (
    insert into graph.follows (target_id, follower_id, change_id, first_seen_at)
    select target_id, follower_id, change_id, base.now()
    from moved where change = 'added'
  ), revived as (
    update graph.follows as f set deleted_at = null, change_id = m.change_id
    from moved as m
    where m.change = 'revived' and f.target_id = m.target_id and f.follower_id = m.follower_id
  )
  select count(*) into v_changed_count from moved;
  return v_changed_count;
end;
$$;
comment on function graph.write_follows(bigint[], bigint[], bigint, bigint) is
  'Edges that were seen (two arrays, pair by pair); returns how many are new or came back. Both ends are users here. The caller holds graph.lock_writer().';
