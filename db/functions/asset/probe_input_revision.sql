create or replace function asset.probe_input_revision(p_instance asset.instances, p_position bigint)
  returns bigint
  language sql
  stable
as $$
  select greatest(
    p_instance.input_revision,
    (select max(c.change_id) from ingest.needs as n cross join lateral graph.last_change_of(n.sync_kind, n.subject_id, p_position) as c (change_id)
     where n.consumer_id = p_instance.instance_id));
$$;
comment on function asset.probe_input_revision(asset.instances, bigint) is 'The last change up to a position of the graph that the instance reads, asked of the graph itself: one probe a subject.';
