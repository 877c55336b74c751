create or replace function ingest.compare_with_events(p_run_ids bigint[])
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_position constant bigint := graph.last_change_id();
  v_list record;
  v_told_ids bigint[] := array[]::bigint[];
begin
  for v_list in
    select r as run, e.position_at_look, r.subject_count - e.count_at_look as counted, graph.list_growth(e.sync_kind, e.subject_id, e.position_at_look) as told
    from ingest.runs as r
    join ingest.subscriptions as e using (sync_kind, subject_id)
    where r.run_id = any (p_run_ids) and r.subject_count is not null
    order by e.sync_kind, e.subject_id
  loop
    update ingest.subscriptions set
      count_at_look = (v_list.run).subject_count,
      position_at_look = v_position,
      agreed_at = case when v_list.counted = v_list.told then base.now() end
    where sync_kind = (v_list.run).sync_kind and subject_id = (v_list.run).subject_id;
    if v_list.counted <> v_list.told then
      perform base.decide('events_disagree', (v_list.run).sync_kind || ' of ' || (v_list.run).subject_id, 'the counts have not moved as events told', null,
                          jsonb_build_object('counted', v_list.counted, 'told', v_list.told, 'run_id', (v_list.run).run_id));
    elsif v_list.counted = v_list.told and (v_list.run).reason = 'due' then
      update ingest.runs set reason = 'told' where run_id = (v_list.run).run_id;
      perform ingest.finish_run(v_list.run, false, false);
      v_told_ids := v_told_ids || (v_list.run).run_id;
    end if;
  end loop;
  return array(select i from unnest(p_run_ids) as i where i <> all (v_told_ids));
end;
$$;
comment on function ingest.compare_with_events(bigint[]) is
  'The heartbeat of subscriptions: whether the counts that were just looked at have moved since the last look as the log has. Where they have, a run that is merely due ends unread; where not, a decision says so. Returns the runs that read.';
