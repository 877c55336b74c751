create or replace function asset.explain_root(p_root_id bigint, p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('root',
    format('asked for by root %s%s: ', r.root_id, case when r.is_enabled then '' else ', disabled since ' || base.format_time(r.disabled_at) end)
    || case when r.instance_id = p_instance_id then 'itself' || coalesce(', as the source of a fanout to ' || r.target_kind, '')
            else asset.name_instance(i) || coalesce(', fanned out to ' || r.target_kind, '') || p.says end,
    jsonb_strip_nulls(jsonb_build_object(
      'root_id', r.root_id, 'is_enabled', r.is_enabled, 'instance', asset.instance_facts(i), 'target_kind', r.target_kind,
      'target_mode', r.target_mode, 'via_id', w.via_id, 'path', p.path)))
  from asset.roots as r
  join asset.instances as i using (instance_id)
  left join lateral (
    select via_id from asset.wants where instance_id = p_instance_id and root_id = r.root_id order by via_id limit 1
  ) as w on true
  cross join lateral (
    -- The root has been named, and the last step is the instance that is asked about.
    select coalesce(string_agg(
             ' > ' || concat_ws(', ', 'its ' || t.role, case when t.instance_id <> p_instance_id then asset.name_instance(s) end), '' order by t.place)
             filter (where t.instance_id <> r.instance_id and num_nonnulls(t.role, nullif(t.instance_id, p_instance_id)) > 0), '') as says,
           jsonb_agg(asset.instance_facts(s) || jsonb_build_object('role', t.role) order by t.place) as path
    from asset.path_to(coalesce(w.via_id, r.instance_id), p_instance_id) as t
    join asset.instances as s using (instance_id)
  ) as p
  where r.root_id = p_root_id;
$$;
comment on function asset.explain_root(bigint, bigint) is
  'A root as the reason for an instance, with the way from the root to it: through the target of a fanout, and the roles in which one is made from the other.';
