create or replace function asset.apply_candidates(p_instance asset.instances, p_materialization_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_reads_everything constant boolean := p_instance.read_revision is null;
  v_kind asset.kinds;
  v_position bigint;
  v_enter_count bigint;
  v_exit_count bigint;
begin
  select * into strict v_kind from asset.kinds where kind = p_instance.kind;
  -- What a delta may read is bounded by what the planner has marked; everything is everything there is.
  v_position := case when v_reads_everything then graph.last_change_id()
                     else greatest(p_instance.read_revision, (select position from asset.log_position)) end;
  if v_reads_everything and not exists (select from asset.members where item_kind = v_kind.item_kind and instance_id = p_instance.instance_id) then
    v_enter_count := asset.enter_candidates(p_instance, p_materialization_id, v_kind.item_kind, v_position);
    perform asset.complete_materialization(p_instance, p_materialization_id, v_position, v_enter_count, 0);
    return;
  end if;
  -- Dynamic: a kind's functions are named after it, and each kind of item has a partition of its own.
  execute format($sql$
    with candidates as materialized (
      select item_id, belongs from asset.%I($1, $2, $3, $4)
    ), toggles as materialized (
      select c.item_id, c.belongs, m.item_id is null as is_first
      from candidates as c
      left join lateral (select item_id, left_at from asset.%2$I where item_kind = $5 and instance_id = $1 and item_id = c.item_id limit 1) as m on true
      where c.belongs <> (m.item_id is not null and m.left_at is null)
      union all
      select m.item_id, false, false
      from asset.%2$I as m
      where $6 and m.item_kind = $5 and m.instance_id = $1 and m.left_at is null
        and not exists (select from candidates as c where c.item_id = m.item_id)
    ), moved as (
      -- No update joins the members: by an estimate of how many toggle it would read all of them.
      insert into asset.%2$I as m (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at, left_at)
      select $5, $1, item_id, $8, $7, $7, case when not belongs then $7 end from toggles
      on conflict (item_kind, instance_id, item_id) do update set
        moved_id = $8, entered_at = case when excluded.left_at is null then $7 else m.entered_at end, left_at = excluded.left_at
    ), logged as (
      insert into asset.%3$I (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance)
      select $5, $1, $8, item_id, belongs, case when belongs then is_first end from toggles
    )
    select count(*) filter (where belongs), count(*) filter (where not belongs) from toggles
  $sql$, p_instance.kind || '_candidates',
    case v_kind.item_kind when 'user' then 'segment_members' else 'corpus_members' end,
    case v_kind.item_kind when 'user' then 'segment_events' else 'corpus_events' end)
  into v_enter_count, v_exit_count
  using p_instance.instance_id, p_instance.params, p_instance.read_revision, v_position, v_kind.item_kind,
        v_reads_everything, base.now(), p_materialization_id;
  perform asset.complete_materialization(p_instance, p_materialization_id, v_position, v_enter_count, v_exit_count);
end;
$$;
comment on function asset.apply_candidates(asset.instances, bigint) is
  'Asks the kind which items may have changed and which of them belong, and turns the difference to the snapshot into members and events, in one statement.';
