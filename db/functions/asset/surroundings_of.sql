create or replace function asset.surroundings_of(p_instance_id bigint)
  returns table (
    edge text, depth integer, instance_id bigint, role text, other_id bigint, sync_kind text, user_id bigint, users bigint, as_of timestamptz, next_at timestamptz, state text)
  language sql
  stable
as $$
  with recursive made_from as (
    select 0 as depth, p_instance_id as instance_id, null::text as role, p_instance_id as other_id, null::bigint as read_id
    union all
    (select m.depth + 1, d.instance_id, d.role, d.dependency_id, d.read_id
     from made_from as m join asset.dependencies as d on d.instance_id = m.other_id
     where m.depth < 5 limit 50)
  ), makes as (
    select d.instance_id, d.role, d.dependency_id, d.read_id from asset.dependencies as d where d.dependency_id = p_instance_id order by d.instance_id, d.role limit 50
  ), edges as (
    select 'made_from' as edge, depth, instance_id, role, other_id as dependency_id, other_id, read_id from made_from where depth > 0
    union all
    select 'makes', 1, dependency_id, role, dependency_id, instance_id, read_id from makes
  )
  select e.edge, e.depth, e.instance_id, e.role, e.other_id, null::text, null::bigint, null::bigint, m.completed_at, null::timestamptz,
         case when i.checkpoint_id is null then 'never' when r.output_revision = i.output_revision then 'fresh' else 'behind' end
  from edges as e
  join asset.instances as i on i.instance_id = e.dependency_id
  left join asset.materializations as m on m.instance_id = i.instance_id and m.materialization_id = i.checkpoint_id
  left join asset.materializations as r on r.instance_id = i.instance_id and r.materialization_id = e.read_id
  union all
  select 'needs', n.depth + 1, n.instance_id, null, null, s.sync_kind, s.subject_id, s.subject_count, nullif(s.fresh_at, '-infinity'), s.due_at,
         case when s.refused_count = s.subject_count then 'refused' when s.stale_count = 0 then 'fresh' when s.running_count > 0 then 'running'
              when s.fresh_at = '-infinity' then 'never' else 'due' end
  from (select min(depth) as depth, other_id as instance_id from made_from group by other_id limit 20) as n
  cross join lateral ingest.syncs_of(n.instance_id) as s
  order by 1, 2, 3, 4, 5;
$$;
comment on function asset.surroundings_of(bigint) is 'See api.surroundings.';
