create or replace function asset.net_moves(
    p_item_kind text, p_instance_id bigint, p_from bigint, p_to bigint, p_limit integer, p_after_item_id bigint)
  returns table (item_id bigint, has_entered boolean, moved_id bigint)
  language plpgsql
  stable
as $$
declare
  v_after_id bigint := p_after_item_id;
  v_until_id bigint;
  v_count integer;
  v_left_count integer := p_limit;
begin
  loop
    -- Of each materialization the next so many items: whatever lies up to the last but so many of them all is complete.
    select max(u.item_id) into v_until_id
    from (
      select distinct e.item_id
      from asset.materializations as m
      cross join lateral (
        select v.item_id from asset.events as v
        where v.item_kind = p_item_kind and v.instance_id = p_instance_id and v.materialization_id = m.materialization_id and v.item_id > v_after_id
        order by v.item_id limit v_left_count
      ) as e
      where m.instance_id = p_instance_id and m.materialization_id > p_from and m.materialization_id <= p_to and m.enter_count + m.exit_count > 0
      order by e.item_id limit v_left_count
    ) as u;
    exit when v_until_id is null;
    return query
      select e.item_id, count(*) filter (where e.is_enter) > count(*) filter (where not e.is_enter), max(e.materialization_id)
      from asset.materializations as m
      cross join lateral (
        select v.item_id, v.is_enter, v.materialization_id from asset.events as v
        where v.item_kind = p_item_kind and v.instance_id = p_instance_id and v.materialization_id = m.materialization_id
          and v.item_id > v_after_id and v.item_id <= v_until_id
      ) as e
      where m.instance_id = p_instance_id and m.materialization_id > p_from and m.materialization_id <= p_to and m.enter_count + m.exit_count > 0
      group by e.item_id
      having count(*) % 2 = 1
      order by e.item_id;
    get diagnostics v_count = row_count;
    v_left_count := v_left_count - v_count;
    exit when v_left_count <= 0;
    v_after_id := v_until_id;
  end loop;
end;
$$;
comment on function asset.net_moves(text, bigint, bigint, bigint, integer, bigint) is
  'A page of asset.net_changes in the order of the items, at most p_limit after one, and with which materialization each moved last; fewer only at the end. Its cost is that of the page, and a probe for each materialization in between.';
