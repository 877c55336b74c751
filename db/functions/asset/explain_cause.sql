create or replace function asset.explain_cause(p_instance_id bigint, p_cause jsonb)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('cause', 'now, because ' || case c.cause
      when 'root' then format('root %s was enabled, or reached it', c.cause_id)
      when 'change' then 'an event changed what it reads'
      when 'dependency' then coalesce((
        select format('what it is made from moved: materialization %s of %s', c.cause_id, asset.name_instance(i))
        from asset.materializations as m join asset.instances as i using (instance_id)
        where m.materialization_id = c.cause_id), 'what it is made from moved')
      when 'edit' then format('its set was edited (position %s)', c.revision)
        || coalesce((select format(': %s listed, %s taken off', count(*) filter (where s.is_listed), count(*) filter (where not s.is_listed))
                     from asset.instances as i
                     join asset.specified_users as s on s.stable_key = i.params ->> 'stable_key' and s.revision = c.revision
                     where i.instance_id = p_instance_id having count(*) > 0), '')
      when 'retry' then format('the wait after materialization %s, which failed, is over', c.cause_id)
      when 'repair' then 'its snapshot was to be repaired'
      else 'of ' || c.cause end,
    p_cause)
  from (select p_cause ->> 'cause' as cause, (p_cause ->> 'id')::bigint as cause_id, (p_cause ->> 'revision')::bigint as revision) as c;
$$;
comment on function asset.explain_cause(bigint, jsonb) is 'One entry of asset.materializations.causes, other than a run, as a reason: which root, materialization, edit or failure that was.';
