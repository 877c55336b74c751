create or replace function asset.fold_events(p_item_kind text, p_instance_id bigint)
  returns table (item_id bigint, is_in boolean, moved_id bigint, first_entered_at timestamptz, entered_at timestamptz, left_at timestamptz)
  language sql
  stable
as $$
  select f.item_id, coalesce(f.enter_id > f.exit_id, true), greatest(f.enter_id, f.exit_id), a.completed_at, b.completed_at, c.completed_at
  from (
    select e.item_id, min(e.materialization_id) filter (where e.is_enter) as first_id,
           max(e.materialization_id) filter (where e.is_enter) as enter_id, max(e.materialization_id) filter (where not e.is_enter) as exit_id
    from asset.events as e
    where e.item_kind = p_item_kind and e.instance_id = p_instance_id
    group by e.item_id
  ) as f
  join asset.materializations as a on a.instance_id = p_instance_id and a.materialization_id = f.first_id
  join asset.materializations as b on b.instance_id = p_instance_id and b.materialization_id = f.enter_id
  left join asset.materializations as c on c.instance_id = p_instance_id and c.materialization_id = f.exit_id and f.exit_id > f.enter_id;
$$;
comment on function asset.fold_events(text, bigint) is 'The snapshot that the events of an instance add up to (A10): who was ever in, who is, and the rest of a row of asset.members.';
