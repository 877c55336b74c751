create or replace function ingest.leave_circle(p_run ingest.runs, p_page_no integer)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- Mostly it passes, and is cheap on the same UTC day: the run fails, and the next one reads all of the list. Of a list that stays so, what
  -- can be had was bought by the third run.
  if exists (select from ingest.subjects where sync_kind = p_run.sync_kind and subject_id = p_run.subject_id and failure_count >= 2) then
    perform ingest.cut_run_short(p_run, 'its pages lead in a circle');
  else
    perform ingest.fail_run(p_run.run_id, 'repeated_cursor', 200, 'page ' || p_page_no || ' leads to a page that was read before');
  end if;
end;
$$;
comment on function ingest.leave_circle(ingest.runs, integer) is
  'X led back to a page that the run has read: the run fails, or is cut short where the runs before it failed too. Either way it deletes nothing (I2).';
