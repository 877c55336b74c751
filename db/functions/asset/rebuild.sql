create or replace function asset.rebuild(p_instance asset.instances)
  returns asset.instances
  language plpgsql
  volatile
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance.instance_id);
  v_last constant asset.materializations := asset.last_success(p_instance.instance_id);
  v_instance asset.instances;
begin
  with folded as materialized (
    select * from asset.fold_events(v_item_kind, p_instance.instance_id)
  ), removed as (
    delete from asset.members as m
    where m.item_kind = v_item_kind and m.instance_id = p_instance.instance_id and not exists (select from folded as f where f.item_id = m.item_id)
  ), mended as (
    update asset.members as m
    set moved_id = f.moved_id, first_entered_at = f.first_entered_at, entered_at = f.entered_at, left_at = f.left_at
    from folded as f
    where m.item_kind = v_item_kind and m.instance_id = p_instance.instance_id and m.item_id = f.item_id
      and (m.moved_id, m.first_entered_at, m.entered_at, m.left_at) is distinct from (f.moved_id, f.first_entered_at, f.entered_at, f.left_at)
  )
  insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at, left_at)
  select v_item_kind, p_instance.instance_id, f.item_id, f.moved_id, f.first_entered_at, f.entered_at, f.left_at
  from folded as f
  where not exists (select from asset.members where item_kind = v_item_kind and instance_id = p_instance.instance_id and item_id = f.item_id);

  update asset.events as e set is_first_appearance = f.expected::boolean
  from asset.verify_events(v_item_kind, p_instance) as f
  where f.finding = 'first_appearance' and e.item_kind = v_item_kind and e.instance_id = p_instance.instance_id
    and e.materialization_id = f.materialization_id and e.item_id = f.item_id;

  update asset.instances as i set
    checkpoint_id = v_last.materialization_id,
    output_revision = coalesce(v_last.output_revision, 0),
    read_revision = case when i.read_revision is not null then v_last.read_revision end,
    member_count = (select count(*) from asset.members where item_kind = v_item_kind and instance_id = i.instance_id and left_at is null)
  where i.instance_id = p_instance.instance_id
  returning i.* into v_instance;
  return v_instance;
end;
$$;
comment on function asset.rebuild(asset.instances) is
  'Makes an instance what its events and its last success say, and nothing else: members, first appearances, checkpoint, position, revision, count (A13). Returns it. The caller holds its lock.';
