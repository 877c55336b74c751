create or replace function asset.take_changes(p_limit integer)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_from bigint;
  v_last bigint;
  v_to bigint;
begin
  select position into strict v_from from asset.log_position;
  -- Bounded below: rows that were read are gone, and may be dead weight in the index for a while.
  v_last := greatest(graph.last_change_id(), (select max(change_id) from graph.recounts where change_id > v_from));
  if v_from >= v_last then
    return false;
  end if;
  select least(v_last,
    (select change_id from graph.user_changes where change_id > v_from order by change_id offset p_limit - 1 limit 1),
    (select change_id from graph.follow_changes where change_id > v_from order by change_id offset p_limit - 1 limit 1),
    (select change_id from graph.post_changes where change_id > v_from order by change_id offset p_limit - 1 limit 1),
    -- Each names up to a thousand users.
    (select change_id from graph.recounts where change_id > v_from order by change_id offset greatest(p_limit / 1000, 1) - 1 limit 1))
  into v_to;

  insert into asset.marks (instance_id, cause, cause_id, subject_id, revision, look_at)
  select n.consumer_id, 'change', c.run_id, n.subject_id, max(c.change_id), base.now()
  from (
    select 'users' as sync_kind, user_id as subject_id, run_id, change_id from graph.user_changes
    where change = 'added' and change_id > v_from and change_id <= v_to
    union all
    select 'followers', target_id, run_id, change_id from graph.follow_changes where change_id > v_from and change_id <= v_to
    union all
    select 'following', follower_id, run_id, change_id from graph.follow_changes where change_id > v_from and change_id <= v_to
    union all
    select 'posts', author_id, run_id, change_id from graph.post_changes where change_id > v_from and change_id <= v_to
  ) as c
  join lateral (
    select consumer_id, subject_id from ingest.needs where sync_kind = c.sync_kind and subject_id = c.subject_id offset 0
  ) as n on true
  group by n.consumer_id, n.subject_id, c.run_id
  order by n.consumer_id, n.subject_id, c.run_id;

  perform asset.mark_watchers(v_from, v_to);
  delete from graph.recounts where change_id <= v_to;
  update asset.log_position set position = v_to;
  return v_to < v_last;
end;
$$;
comment on function asset.take_changes(integer) is
  'Reads on in the logs of the graph, at most p_limit rows of each, and marks the instances that read what changed; returns whether more is unread. The caller is the planner.';
