create or replace function asset.explain_feeding_events(p_before asset.materializations, p_after asset.materializations)
  returns jsonb
  language sql
  stable
as $$
  -- As in asset.feeding_runs, from the logs of what it needs now, where 20,000 rows at the most are read.
  with needs as materialized (
    select sync_kind, subject_id from ingest.needs where consumer_id = p_after.instance_id order by consumer_id, sync_kind, subject_id limit 100
  ), fed as materialized (
    select distinct l.event_id
    from needs as n
    cross join lateral graph.changes_of_list(n.sync_kind, n.subject_id, coalesce(p_before.read_revision, 0), p_after.read_revision,
                                             (20000 / (select count(*) from needs))::integer) as l
    where l.event_id is not null and (n.sync_kind <> 'users' or l.change = 'added')
  )
  select coalesce((select jsonb_agg(ingest.report_event(event_id, 'fed by ') order by event_id)
                   from (select event_id from fed order by event_id desc limit 10) as shown), '[]')
    || case when (select count(*) from fed) > 10 then jsonb_build_array(base.build_reason('more', format(
         'fed by %s webhook events in all; these are the last', (select count(*) from fed)))) else '[]' end;
$$;
comment on function asset.explain_feeding_events(asset.materializations, asset.materializations) is
  'The webhook events that changed what a materialization reads, as a list of reasons: the last ten, and how many in all.';
