create or replace function ingest.restart_run(p_run_id bigint)
  returns void
  language sql
  volatile
as $$
  update ingest.runs set restart_count = restart_count + 1, first_page = page_count + 1, newest_id = null, is_partial = false
  where run_id = p_run_id;
  -- The open call ends and a new one is made: an answer to the old one, late, is no page of the new sweep.
  update ingest.calls set state = 'cancelled', lease_until = null, answered_at = base.now()
  where run_id = p_run_id and state in ('ready', 'claimed');
  insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at)
  select r.run_id, k.endpoint, r.first_page, base.now(), base.now()
  from ingest.runs as r join ingest.sync_kinds as k using (sync_kind)
  where r.run_id = p_run_id;
$$;
comment on function ingest.restart_run(bigint) is 'The run begins anew; its pages so far stay as receipts, but prove nothing of what was not seen.';
