create or replace function ingest.widen_run(p_run_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  update ingest.runs set
    mode = 'full', since_id = null, expected_count = subject_count,
    page_size = case when not is_waiting and sync_kind <> 'posts' then ingest.page_size('full', null) end
  where run_id = p_run_id and status = 'in_progress' and mode = 'incremental'
  returning * into v_run;
  if exists (select from ingest.calls where run_id = p_run_id and (claimed_at is not null or page_no > 1)) then
    -- Its cursor, or a call that went out, belongs to a query that began at since_id, or to smaller pages. Its answer may come, however late.
    perform ingest.restart_run(v_run.run_id);
  end if;
end;
$$;
comment on function ingest.widen_run(bigint) is 'Makes a run in progress a full one: it reads to the end, from the top.';
