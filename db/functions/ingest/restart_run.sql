create or replace function ingest.restart_run(p_run_id bigint)
  returns void
  language sql
  volatile
as $$
  update ingest.runs set restart_count = restart_count + 1, first_page = page_count + 1, newest_id = null, is_partial = false
  where run_id = p_run_id;
  update ingest.calls as c set
    state = 'ready', lease_until = null, worker = null, page_token = null, attempt_count = 0, not_before = base.now(), page_no = r.page_count + 1
  from ingest.runs as r
  where r.run_id = p_run_id and c.run_id = r.run_id and c.state in ('ready', 'claimed');
$$;
comment on function ingest.restart_run(bigint) is 'The run begins anew; its pages so far stay as receipts, but prove nothing of what was not seen.';
