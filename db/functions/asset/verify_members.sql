create or replace function asset.verify_members(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language sql
  stable
as $$
  select 'member', coalesce(t.moved_id, m.moved_id), item_id,
         asset.describe_member(t.moved_id, t.first_entered_at, t.entered_at, t.left_at),
         asset.describe_member(m.moved_id, m.first_entered_at, m.entered_at, m.left_at), 'rebuild'
  from asset.fold_events(p_item_kind, p_instance.instance_id) as t
  full join (
    select * from asset.members
    where item_kind = p_item_kind and instance_id = p_instance.instance_id
  ) as m using (item_id)
  where (t.moved_id, t.first_entered_at, t.entered_at, t.left_at) is distinct from (m.moved_id, m.first_entered_at, m.entered_at, m.left_at);
$$;
comment on function asset.verify_members(text, asset.instances) is 'Whether the snapshot of an instance is the fold of its events, item by item (A10).';
