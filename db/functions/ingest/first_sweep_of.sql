create or replace function ingest.first_sweep_of(p_run ingest.runs)
  returns ingest.runs
  language plpgsql
  stable
as $$
declare
  v_count constant integer := base.setting_integer('absent_sweeps');
  v_run ingest.runs;
begin
  if v_count = 1 then
    return p_run;
  end if;
  -- A run whose receipts were cleared away can say of nobody any more that it did not see them.
  select * into v_run
  from ingest.runs as r
  where r.sync_kind = p_run.sync_kind and r.subject_id = p_run.subject_id and r.run_id < p_run.run_id
    and r.status = 'success' and r.mode = 'full' and r.cursor_exhausted
    and exists (select from ingest.pages where run_id = r.run_id and page_no = r.first_page)
  order by r.run_id desc
  offset v_count - 2 limit 1;
  return v_run;
end;
$$;
comment on function ingest.first_sweep_of(ingest.runs) is
  'The first of the sweeps (full runs to the end of the list) that must all have missed a follow before it is gone: absent_sweeps of them, of which the last is this run. All null when there were not as many.';
