create or replace function asset.mark_watchers(p_from bigint, p_to bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- One probe for each source that is watched and each user who changed, however many watch that source.
  with sources as materialized (
    select d.dependency_id, w.fact, array_agg(distinct d.instance_id) as watcher_ids
    from asset.dependencies as d cross join unnest(d.watched) as w (fact)
    where d.watched <> '{}' and exists (select from asset.wants where instance_id = d.instance_id)
    group by d.dependency_id, w.fact
  ), changes as (
    select 'profile' as fact, user_id, run_id, change_id from graph.user_changes
    where change <> 'added' and change_id > p_from and change_id <= p_to
    union all
    select 'counts', u.user_id, r.run_id, r.change_id
    from graph.recounts as r cross join unnest(r.user_ids) as u (user_id)
    where r.change_id > p_from and r.change_id <= p_to
    union all
    select 'posts', author_id, run_id, change_id from graph.post_changes
    where change <> 'changed' and change_id > p_from and change_id <= p_to
  )
  insert into asset.marks (instance_id, cause, cause_id, subject_id, revision, look_at)
  select i.watcher_id, 'change', c.run_id, c.user_id, max(c.change_id), base.now()
  from sources as s
  join changes as c using (fact)
  join lateral (
    select from asset.members where item_kind = 'user' and instance_id = s.dependency_id and item_id = c.user_id and left_at is null limit 1
  ) as m on true
  cross join unnest(s.watcher_ids) as i (watcher_id)
  group by i.watcher_id, c.user_id, c.run_id
  order by i.watcher_id, c.user_id, c.run_id;
end;
$$;
comment on function asset.mark_watchers(bigint, bigint) is
  'Marks the wanted instances that watch the members of a dependency, for each member whose profile, counts or posts changed between two positions.';
