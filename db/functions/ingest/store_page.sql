create or replace function ingest.store_page(p_call ingest.calls, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_position bigint;
  v_changed_count integer;
begin
  select * into strict v_run from ingest.runs where run_id = p_call.run_id;
  p_answer := ingest.set_strangers_aside(v_run, p_answer);
  v_position := graph.last_change_id();
  v_changed_count := ingest.store_rows(v_run, p_answer, p_call.claimed_at);

  insert into ingest.pages (run_id, page_no, call_id, item_ids, next_token, changed_count, received_at)
  values (v_run.run_id, p_call.page_no, p_call.call_id, p_answer.item_ids, p_answer.next_token, v_changed_count, base.now());
  update ingest.calls set state = 'answered', lease_until = null, http_status = 200, answer_class = 'page', answer_detail = null, answered_at = base.now()
  where call_id = p_call.call_id;
  update ingest.runs as r set
    page_count = p_call.page_no,
    resource_count = r.resource_count + p_answer.resource_count,
    changed_count = r.changed_count + v_changed_count,
    rejected_count = r.rejected_count + coalesce(cardinality(p_answer.rejects), 0),
    is_partial = r.is_partial or p_answer.is_partial,
    is_named = r.is_named or graph.last_change_id() > v_position,
    newest_id = case when r.sync_kind = 'posts' and p_call.page_no = r.first_page then (select max(id) from unnest(p_answer.item_ids) as i (id)) else r.newest_id end
  where r.run_id = v_run.run_id
  returning r.* into v_run;

  if p_answer.rejects is not null then
    perform ingest.keep_rejects(v_run, p_call.page_no, p_answer.rejects);
  end if;
  perform ingest.continue_run(v_run, p_call, p_answer, v_changed_count);
end;
$$;
comment on function ingest.store_page(ingest.calls, ingest.answer) is 'A page''s rows, its receipt and what comes next, together (I4). The caller holds graph.lock_writer(), the run and the call.';
