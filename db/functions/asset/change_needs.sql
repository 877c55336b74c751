create or replace function asset.change_needs(p_instance_id bigint, p_only_moved boolean)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances;
begin
  select * into strict v_instance from asset.instances where instance_id = p_instance_id;
  -- Dynamic: a kind's functions are named after it.
  execute format($sql$
    with needs as materialized (
      select sync_kind, subject_id, is_needed, tolerates_refusal from asset.%I($1, $2, $3)
    ), dropped as (
      delete from ingest.needs as n using needs as d
      where not d.is_needed and n.sync_kind = d.sync_kind and n.subject_id = d.subject_id and n.consumer_id = $1
    )
    insert into ingest.needs (
      sync_kind, subject_id, consumer_id, tolerates_refusal,
      fresh_within, or_default, reconcile_within, reconcile_or_default, reconcile_doubt, doubt_or_default)
    select n.sync_kind, n.subject_id, $1, n.tolerates_refusal, f.*
    from needs as n cross join asset.freshness_of($1) as f
    where n.is_needed
    on conflict (sync_kind, subject_id, consumer_id) do nothing
  $sql$, v_instance.kind || '_needs') using p_instance_id, v_instance.params, p_only_moved;

  if not p_only_moved and v_instance.read_revision is not null then
    -- It rested: the changes since its last look were not marked.
    insert into asset.marks (instance_id, cause, subject_id, revision, look_at)
    select p_instance_id, 'change', n.subject_id, c.change_id, base.now()
    from ingest.needs as n
    cross join lateral graph.last_change_of(n.sync_kind, n.subject_id, 9223372036854775807) as c (change_id)
    where n.consumer_id = p_instance_id and c.change_id > v_instance.read_revision
    order by n.sync_kind, n.subject_id;
  end if;
end;
$$;
comment on function asset.change_needs(bigint, boolean) is
  'Brings an instance''s needs to what its kind says: all of them, or only where its pinned source or its set has moved (A5).';
