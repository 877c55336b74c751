create or replace function asset.follow_source(p_root asset.roots)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_checkpoint_id bigint;
begin
  select checkpoint_id into v_checkpoint_id from asset.instances where instance_id = p_root.instance_id;
  if p_root.target_kind is null or v_checkpoint_id is null or v_checkpoint_id = p_root.followed_id then
    return;
  end if;
  -- Who came or went since the last time; at first, whoever is in.
  insert into asset.fanout_steps (root_id, item_id, is_enter)
  select p_root.root_id, m.item_id, true
  from asset.members as m
  where p_root.followed_id is null and m.item_kind = 'user' and m.instance_id = p_root.instance_id and m.left_at is null
  union all
  select p_root.root_id, e.item_id, (array_agg(e.is_enter order by e.materialization_id desc))[1]
  from asset.events as e
  where e.item_kind = 'user' and e.instance_id = p_root.instance_id
    and e.materialization_id > p_root.followed_id and e.materialization_id <= v_checkpoint_id
  group by e.item_id
  on conflict (root_id, item_id) do update set is_enter = excluded.is_enter;
  update asset.roots set followed_id = v_checkpoint_id where root_id = p_root.root_id;
end;
$$;
comment on function asset.follow_source(asset.roots) is 'Notes which members of a fanout''s source came or went since it was followed last. The caller is the planner.';
