create or replace function ingest.continue_run(p_run ingest.runs, p_call ingest.calls, p_answer ingest.answer, p_changed_count integer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_is_capped constant boolean := p_run.sync_kind = 'posts' and base.setting_integer('timeline.cap') <= (
    select sum(cardinality(item_ids)) from ingest.pages where run_id = p_run.run_id and page_no >= p_run.first_page);
begin
  if p_run.sync_kind <> 'search' and num_nonnulls(p_run.item_ids, p_run.handles) > 0 then
    perform ingest.finish_run(p_run, true, false);
  elsif v_is_capped then
    perform ingest.finish_run(p_run, false, true);
  elsif p_answer.end_is_proven then
    perform ingest.finish_run(p_run, not p_run.is_partial, false);
  elsif p_answer.next_token is null then
    perform ingest.cut_run_short(p_run, 'its last page does not say that it is the last');
  elsif p_run.mode = 'incremental' and p_run.sync_kind not in ('posts', 'search') and p_changed_count = 0 and cardinality(p_answer.item_ids) > 0
    -- After a restart the pages of the first sweep come again: what is behind them is still unread.
    and p_call.page_no - p_run.first_page >= p_run.first_page - 1 then
    perform ingest.finish_run(p_run, false, false);
  elsif ingest.leads_back(p_run, p_call.page_no, p_answer.next_token) then
    perform ingest.leave_circle(p_run, p_call.page_no);
  elsif p_call.page_no >= base.setting_integer('run.pages') then
    perform ingest.cut_run_short(p_run, 'it has read as many pages as a run may (run.pages)');
  elsif cardinality(p_answer.item_ids) = 0 and ingest.is_all_empty(p_run, p_call.page_no) then
    perform ingest.cut_run_short(p_run, 'one empty page leads to the next (run.empty_pages)');
  else
    insert into ingest.calls (run_id, endpoint, page_no, page_token, not_before, created_at)
    values (p_run.run_id, p_call.endpoint, p_call.page_no + 1, p_answer.next_token, base.now(), base.now());
  end if;
end;
$$;
comment on function ingest.continue_run(ingest.runs, ingest.calls, ingest.answer, integer) is
  'After a page: the next call, or the end of the run. A list ends when the answer says so; an incremental look at follows also at the first page without a new edge (I2). A list that never ends is cut short.';
