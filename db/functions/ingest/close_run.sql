create or replace function ingest.close_run(p_run_id bigint, p_class text, p_status integer, p_detail text, p_retry_at timestamptz)
  returns ingest.runs
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  update ingest.runs set
    status = 'error', is_waiting = false, error_class = p_class, http_status = p_status, error_detail = p_detail, retry_at = p_retry_at, completed_at = base.now()
  where run_id = p_run_id
  returning * into strict v_run;
  update ingest.calls set state = 'failed', lease_until = null, answered_at = base.now()
  where run_id = p_run_id and state in ('ready', 'claimed');
  return v_run;
end;
$$;
comment on function ingest.close_run(bigint, text, integer, text, timestamptz) is 'Writes the error on a run and ends its open call; returns the run.';
