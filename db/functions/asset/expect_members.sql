create or replace function asset.expect_members(p_root_id bigint)
  returns jsonb
  language sql
  stable
as $$
  -- Sets of users that were never materialized: how many members they have is guessed from the lists beneath them. What two lists have in common
  -- is no more than the smaller one.
  select coalesce(jsonb_agg(jsonb_build_object('kind', i.kind, 'params', i.params, 'made_of', asset.name_instance(s), 'members', e.member_count)), '[]')
  from asset.instances as i
  join asset.dependencies as d using (instance_id)
  join asset.instances as s on s.instance_id = d.dependency_id
  join asset.kinds as k on k.kind = i.kind
  left join lateral (
    with recursive beneath as (
      select s.instance_id
      union
      select b.dependency_id from beneath as x join asset.dependencies as b using (instance_id)
    )
    select coalesce(
      min(case n.sync_kind when 'followers' then c.followers_count when 'following' then c.following_count end),
      nullif(count(*) filter (where n.sync_kind = 'users'), 0)) as member_count
    from beneath as x
    join ingest.needs as n on n.consumer_id = x.instance_id
    left join graph.user_counts as c on c.user_id = n.subject_id
  ) as e on true
  where i.instance_id in (select instance_id from asset.wants where root_id = p_root_id) and k.item_kind = 'post' and s.checkpoint_id is null;
$$;
comment on function asset.expect_members(bigint) is
  'The corpora of a root whose source has never been materialized: how many authors each is likely to have, or null. What their posts will cost cannot be said.';
