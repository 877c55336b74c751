create or replace function asset.net_changes(p_item_kind text, p_instance_id bigint, p_from bigint, p_to bigint)
  returns table (item_id bigint, has_entered boolean)
  language sql
  stable
as $$
  -- Enters and exits take turns: an odd number of them is one, in the direction of the last.
  select e.item_id, count(*) filter (where e.is_enter) > count(*) filter (where not e.is_enter)
  from asset.events as e
  where e.item_kind = p_item_kind and e.instance_id = p_instance_id and e.materialization_id > p_from and e.materialization_id <= p_to
  group by e.item_id
  having count(*) % 2 = 1;
$$;
comment on function asset.net_changes(text, bigint, bigint, bigint) is
  'Who entered or left between two materializations, net: those with an odd number of events after p_from and up to p_to (A11).';
