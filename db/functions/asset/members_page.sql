create or replace function asset.members_page(p_item_kind text, p_instance_id bigint, p_materialization_id bigint, p_limit integer, p_after_item_id bigint)
  returns table (item_id bigint, since timestamptz)
  language plpgsql
  stable
as $$
declare
  v_after_id bigint := p_after_item_id;
  v_until_id bigint;
  v_count integer;
  v_left_count integer := p_limit;
begin
  -- Whoever was ever in has a row here: so many of them at a time bound the page. Who has not moved since is as the row says; who has was in if
  -- the first move since is an exit.
  loop
    select max(w.item_id) into v_until_id
    from (
      select m.item_id from asset.members as m
      where m.item_kind = p_item_kind and m.instance_id = p_instance_id and m.item_id > v_after_id
      order by m.item_id limit greatest(v_left_count, 1000)
    ) as w;
    exit when v_until_id is null;
    return query
      select w.item_id, w.since
      from (
        select m.item_id, m.entered_at as since
        from asset.members as m
        where m.item_kind = p_item_kind and m.instance_id = p_instance_id and m.item_id > v_after_id and m.item_id <= v_until_id
          and m.left_at is null and m.moved_id <= p_materialization_id
        union all
        select s.item_id, case when s.enter_id is null then m.entered_at end
        from (
          select e.item_id, min(e.materialization_id) filter (where e.is_enter) as enter_id, min(e.materialization_id) filter (where not e.is_enter) as exit_id
          from asset.materializations as l
          cross join lateral (
            select v.item_id, v.materialization_id, v.is_enter from asset.events as v
            where v.item_kind = p_item_kind and v.instance_id = p_instance_id and v.materialization_id = l.materialization_id
              and v.item_id > v_after_id and v.item_id <= v_until_id
          ) as e
          where l.instance_id = p_instance_id and l.materialization_id > p_materialization_id and l.enter_count + l.exit_count > 0
          group by e.item_id
        ) as s
        join asset.members as m on m.item_kind = p_item_kind and m.instance_id = p_instance_id and m.item_id = s.item_id
        where s.exit_id < coalesce(s.enter_id, 9223372036854775807)
      ) as w
      order by w.item_id
      limit v_left_count;
    get diagnostics v_count = row_count;
    v_left_count := v_left_count - v_count;
    exit when v_left_count <= 0;
    v_after_id := v_until_id;
  end loop;
end;
$$;
comment on function asset.members_page(text, bigint, bigint, integer, bigint) is
  'A page of asset.members_as_of in the order of the items, at most p_limit after one, fewer only at the end; and since when each was in, null where it came again since. Its cost is that of the page, and a probe for each later materialization.';
