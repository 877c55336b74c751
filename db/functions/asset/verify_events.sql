create or replace function asset.verify_events(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language sql
  stable
as $$
  with placed as (
    select e.materialization_id, e.item_id, e.is_enter, e.is_first_appearance, coalesce(lag(e.is_enter) over item, false) as was_in,
           count(*) filter (where e.is_enter) over item as enter_count
    from asset.events as e
    where e.item_kind = p_item_kind and e.instance_id = p_instance.instance_id
    window item as (partition by e.item_id order by e.materialization_id)
  )
  select f.finding, p.materialization_id, p.item_id, f.expected, f.found, f.remedy
  from placed as p
  cross join lateral (values
    ('event', case when p.was_in then 'exit' else 'enter' end, case when p.is_enter then 'enter' else 'exit' end, 'none'),
    ('first_appearance', case when p.is_enter then (p.enter_count = 1)::text end, p.is_first_appearance::text, 'rebuild')
  ) as f (finding, expected, found, remedy)
  where f.expected is distinct from f.found;
$$;
comment on function asset.verify_events(text, asset.instances) is
  'Whether the enters and exits of each item take turns, and the first enter, and no other, is a first appearance (A9). Events that do not take turns cannot be mended.';
