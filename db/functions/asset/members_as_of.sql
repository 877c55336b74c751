create or replace function asset.members_as_of(p_item_kind text, p_instance_id bigint, p_materialization_id bigint)
  returns table (item_id bigint)
  language sql
  stable
  parallel safe
as $$
  -- Who has not moved since is as the snapshot says; who has was in if the first move since is an exit.
  -- From each partition by its name: so the kind of item is compared once, not for every row.
  select m.item_id
  from asset.segment_members as m
  where p_item_kind = 'user' and m.instance_id = p_instance_id and m.left_at is null and m.moved_id <= p_materialization_id
  union all
  select m.item_id
  from asset.corpus_members as m
  where p_item_kind = 'post' and m.instance_id = p_instance_id and m.left_at is null and m.moved_id <= p_materialization_id
  union all
  select e.item_id
  from asset.events as e
  where e.item_kind = p_item_kind and e.instance_id = p_instance_id and e.materialization_id > p_materialization_id
  group by e.item_id
  having min(e.materialization_id) filter (where not e.is_enter)
         < coalesce(min(e.materialization_id) filter (where e.is_enter), 9223372036854775807);
$$;
comment on function asset.members_as_of(text, bigint, bigint) is
  'The members after a materialization (A11): the snapshot, with every item toggled that has an odd number of events since. Made to be inlined.';
