create or replace function asset.moves_since(p_since timestamptz, p_limit integer)
  returns table (instance_id bigint, kind text, subject text, entered bigint, "left" bigint, began_with bigint, members bigint, materialization_id bigint, at timestamptz)
  language sql
  stable
as $$
  -- What was started an hour before and ended since counts too; of a busier day than this the newest 10,000.
  with lately as materialized (
    select m.*
    from asset.materializations as m
    where m.materialization_id >= asset.first_materialization_since(p_since - interval '1 hour')
    order by m.materialization_id desc
    limit 10000
  ), moved as (
    select m.instance_id, sum(m.enter_count)::bigint as entered, sum(m.exit_count)::bigint as exited,
           max(m.materialization_id) as materialization_id, max(m.completed_at) as at, min(m.materialization_id) as first_id
    from lately as m
    where m.status = 'success' and m.completed_at >= p_since and m.enter_count + m.exit_count > 0
    group by m.instance_id
    order by at desc, m.instance_id
    limit p_limit
  )
  select v.instance_id, i.kind, asset.say_subject(i.kind, i.params), v.entered - coalesce(b.enter_count, 0), v.exited, b.enter_count, i.member_count,
         v.materialization_id, v.at
  from moved as v
  join asset.instances as i using (instance_id)
  left join lateral (
    select m.enter_count from asset.materializations as m
    where m.instance_id = v.instance_id and m.materialization_id = v.first_id and v.first_id = asset.first_success(v.instance_id) limit 1
  ) as b on true
  order by v.at desc, v.instance_id;
$$;
comment on function asset.moves_since(timestamptz, integer) is 'See api.moves.';
