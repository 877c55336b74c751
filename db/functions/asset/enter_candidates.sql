create or replace function asset.enter_candidates(p_instance asset.instances, p_materialization_id bigint, p_item_kind text, p_position bigint)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_enter_count bigint;
begin
  -- Dynamic: a kind's functions are named after it, and each kind of item has a partition of its own.
  execute format($sql$
    with appeared as (
      insert into asset.%2$I (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at)
      select $3, $1, item_id, $5, $6, $6 from asset.%1$I($1, $2, null, $4) where belongs
      returning item_id
    ), logged as (
      insert into asset.%3$I (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance)
      select $3, $1, $5, item_id, true, true from appeared
    )
    select count(*) from appeared
  $sql$, p_instance.kind || '_candidates',
    case p_item_kind when 'user' then 'segment_members' else 'corpus_members' end,
    case p_item_kind when 'user' then 'segment_events' else 'corpus_events' end)
  into v_enter_count
  using p_instance.instance_id, p_instance.params, p_item_kind, p_position, p_materialization_id, base.now();
  return v_enter_count;
end;
$$;
comment on function asset.enter_candidates(asset.instances, bigint, text, bigint) is
  'Asks the kind for everything, and makes members and events of what belongs, where the snapshot is empty: nothing is compared. Returns how many.';
