create or replace function asset.explain_consumers(p_run_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(base.build_reason('consumer', 'needed by ' || asset.name_instance(c.instance),
    jsonb_build_object('instance', asset.instance_facts(c.instance)),
    asset.explain_roots((c.instance).instance_id, array(select root_id from asset.wants where instance_id = (c.instance).instance_id limit 100)))
    order by (c.instance).instance_id), '[]')
  from (
    select distinct i as instance
    from (
      select n.consumer_id
      from ingest.runs as r
      cross join lateral unnest(coalesce(r.item_ids, array[r.subject_id])) as s (subject_id)
      join ingest.needs as n on n.sync_kind = r.sync_kind and n.subject_id = s.subject_id
      where r.run_id = p_run_id
      limit 100
    ) as n
    join asset.instances as i on i.instance_id = n.consumer_id
    limit 5
  ) as c;
$$;
comment on function asset.explain_consumers(bigint) is 'Up to five instances that need what a run brings, with their roots, as a list of reasons.';
