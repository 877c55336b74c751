create or replace function asset.verify_history(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language sql
  stable
as $$
  with counted as (
    select e.materialization_id, count(*) filter (where e.is_enter) as enter_count, count(*) filter (where not e.is_enter) as exit_count
    from asset.events as e
    where e.item_kind = p_item_kind and e.instance_id = p_instance.instance_id
    group by e.materialization_id
  ), succeeded as (
    select m.materialization_id, m.output_revision, m.enter_count, m.exit_count,
           lag(m.output_revision, 1, 0::bigint) over (order by m.materialization_id) as last_revision
    from asset.materializations as m
    where m.instance_id = p_instance.instance_id and m.status = 'success'
  )
  select f.finding, materialization_id, null::bigint, f.expected, f.found, 'none'
  from succeeded as s
  full join counted as c using (materialization_id)
  cross join lateral (values
    ('event_count', format('+%s -%s', coalesce(s.enter_count, 0), coalesce(s.exit_count, 0)), format('+%s -%s', coalesce(c.enter_count, 0), coalesce(c.exit_count, 0))),
    ('revision', (s.last_revision + (s.enter_count + s.exit_count > 0)::integer)::text, s.output_revision::text)
  ) as f (finding, expected, found)
  where f.expected is distinct from f.found;
$$;
comment on function asset.verify_history(text, asset.instances) is
  'Whether the successes of an instance count their events, and their revisions rise by one where the membership changed and nowhere else (A8). What is wrong here cannot be mended.';
