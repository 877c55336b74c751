create or replace function ingest.drop_outdated_searches()
  returns void
  language plpgsql
  volatile
as $$
declare
  v_edge constant bigint := ingest.x_v2_id_at(base.now() - base.setting_interval('search.window') - base.setting_interval('search.overlap'));
  v_can_search constant boolean := ingest.x_v2_can_search();
  v_run_id bigint;
begin
  for v_run_id in
    -- One that a worker is just taking goes out.
    select r.run_id from ingest.runs as r join ingest.calls as c using (run_id)
    where r.sync_kind = 'search' and r.status = 'in_progress' and (r.since_id < v_edge or not v_can_search) and c.state = 'ready'
    order by r.run_id for no key update of r, c skip locked
  loop
    perform ingest.fail_run(v_run_id, 'search_outdated', null, case when v_can_search
      then 'it waited until X would refuse to go back so far' else 'X does not say any more who wrote a post' end);
  end loop;
end;
$$;
comment on function ingest.drop_outdated_searches() is
  'Ends searches that X would refuse, told by their since_id before they are sent, or that would be of no use; their authors'' timelines are read after a short wait.';
