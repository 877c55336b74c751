create or replace function asset.diff_page(
    p_item_kind text, p_instance_id bigint, p_from bigint, p_to bigint, p_limit integer, p_after_item_id bigint)
  returns table (item_id bigint, change text, at timestamptz, reason text, by_whom text, known_at timestamptz)
  language plpgsql
  stable
as $$
declare
  v_follows constant jsonb := (select jsonb_agg(to_jsonb(f)) from asset.follows_of(p_instance_id) as f);
begin
  return query
    select d.item_id, case when d.has_entered then 'entered' else 'left' end, m.completed_at,
           case when v_follows is not null then coalesce(c.reason, 'unknown')
                when p_item_kind = 'post' and not d.has_entered and p.deleted_at is not null then 'deleted' end,
           c.by_whom, coalesce(c.known_at, case when p_item_kind = 'post' and not d.has_entered then p.deleted_at end)
    from asset.net_moves(p_item_kind, p_instance_id, p_from, p_to, p_limit, p_after_item_id) as d
    join asset.materializations as m on m.instance_id = p_instance_id and m.materialization_id = d.moved_id
    left join graph.posts as p on p_item_kind = 'post' and p.post_id = d.item_id
    left join lateral asset.cause_of_move(v_follows, d.item_id, d.has_entered, m.read_revision) as c on v_follows is not null
    order by d.item_id;
end;
$$;
comment on function asset.diff_page(text, bigint, bigint, bigint, integer, bigint) is
  'A page of who entered and who left between two materializations, net, with when and why: see api.diff.';
