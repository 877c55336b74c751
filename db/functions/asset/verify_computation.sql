create or replace function asset.verify_computation(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language plpgsql
  volatile
as $$
declare
  v_pinned_ids constant jsonb := (select jsonb_object_agg(role, pinned_id) from asset.dependencies where instance_id = p_instance.instance_id);
begin
  -- A position that is wrong is a finding of its own (asset.verify_checkpoint): there nothing was read.
  if p_instance.read_revision is not null then
    select s.read_revision into p_instance.read_revision from asset.last_success(p_instance.instance_id) as s;
  end if;
  -- Kinds read at the pins: for the moment these are what the snapshot has read. The caller holds the instance, so nobody else looks.
  update asset.dependencies set pinned_id = read_id where instance_id = p_instance.instance_id and pinned_id is distinct from read_id;
  -- Dynamic: a kind's functions are named after it.
  return query execute format($sql$
    with unread as materialized (
      select asset.unread_inputs($1) as reason
    ), computed as (
      select item_id from asset.%I($1.instance_id, $1.params, null, $1.read_revision) where belongs and (select reason is null from unread)
    ), folded as (
      select item_id, moved_id from asset.fold_events($2, $1.instance_id) where is_in and (select reason is null from unread)
    )
    select 'computation', f.moved_id, item_id, case when f.moved_id is null then 'in' else 'out' end,
           case when f.moved_id is null then 'out' else 'in' end, 'read_everything'
    from (select item_id, true as belongs from computed) as c
    full join folded as f using (item_id)
    where c.belongs is null or f.moved_id is null
    union all
    select 'note', null, null, null, 'not computed: ' || reason, 'none' from unread where reason is not null and $1.checkpoint_id is not null
  $sql$, p_instance.kind || '_candidates') using p_instance, p_item_kind;
  update asset.dependencies set pinned_id = (v_pinned_ids ->> role)::bigint
  where instance_id = p_instance.instance_id and pinned_id is distinct from (v_pinned_ids ->> role)::bigint;
end;
$$;
comment on function asset.verify_computation(text, asset.instances) is
  'Whether the events of an instance add up to what its kind computes from everything, at the inputs that the last success read; a note when these cannot be read any more. The caller holds the lock of its row.';
