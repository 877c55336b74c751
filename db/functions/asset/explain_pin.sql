create or replace function asset.explain_pin(p_after asset.pins, p_before asset.pins, p_depth integer)
  returns jsonb
  language sql
  stable
as $$
  -- Of the materializations in between, those that changed the membership; the last of them is explained in turn.
  with moved as (
    select materialization_id, output_revision from asset.materializations
    where instance_id = p_after.dependency_id and materialization_id > coalesce(p_before.pinned_id, 0) and materialization_id <= p_after.pinned_id
      and enter_count + exit_count > 0
    order by materialization_id desc limit 20
  ), pinned as (
    select i as instance, a.output_revision as revision_after, coalesce(b.output_revision, 0) as revision_before
    from asset.instances as i
    join asset.materializations as a on a.instance_id = i.instance_id and a.materialization_id = p_after.pinned_id
    left join asset.materializations as b on b.instance_id = i.instance_id and b.materialization_id = p_before.pinned_id
    where i.instance_id = p_after.dependency_id
  )
  select base.build_reason('pin',
    format('its %s, %s, ', p_after.role, asset.name_instance(p.instance))
    || case when p.revision_after = p.revision_before then format('stayed at revision %s', p.revision_after)
            else format('went from revision %s to %s', p.revision_before, p.revision_after) end
    || format(' (materialization %s to %s)', coalesce(p_before.pinned_id::text, 'none'), p_after.pinned_id),
    jsonb_build_object(
      'role', p_after.role, 'instance', asset.instance_facts(p.instance), 'has_moved', p.revision_after <> p.revision_before,
      'materialization_id', jsonb_build_object('before', p_before.pinned_id, 'after', p_after.pinned_id),
      'revision', jsonb_build_object('before', p.revision_before, 'after', p.revision_after),
      'moved_by', (select coalesce(jsonb_agg(materialization_id order by materialization_id), '[]') from moved)),
    case when p_depth > 0 then
      (select jsonb_agg(asset.explain_materialization(m.last_id, p_depth - 1, false))
       from (select max(materialization_id) as last_id from moved) as m where m.last_id is not null) end)
  from pinned as p;
$$;
comment on function asset.explain_pin(asset.pins, asset.pins, integer) is
  'What became of one dependency between two materializations, revision by revision, as a reason; with the last materialization that moved it, p_depth deep.';
