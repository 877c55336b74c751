create or replace function ingest.record_answer(p_call_id bigint, p_status integer, p_headers jsonb, p_body text, p_worker text default null)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_endpoint constant text := (select endpoint from ingest.calls where call_id = p_call_id);
  v_call ingest.calls;
  v_answer ingest.answer;
  v_objection text;
  v_before ingest.ledger;
  v_after ingest.ledger;
begin
  perform base.forget_notes();
  -- Before the answer is read: rows that are known already are not read again, and what is known must not move until the others are stored.
  -- (A 403 may be about its subject, whose state is then recorded.)
  if p_status in (200, 403) then
    perform graph.lock_writer();
  end if;
  if v_endpoint is not null then
    v_answer := ingest.x_v2_answer(v_endpoint, p_status, p_headers, p_body);
  end if;
  v_call := ingest.lock_call(p_call_id);
  v_objection := ingest.objection_to(v_call, v_answer.answer_class, p_worker);
  if v_objection is not null then
    return jsonb_build_object('recorded', false, 'class', v_answer.answer_class, 'run_id', v_call.run_id, 'why', v_objection);
  end if;
  perform ingest.read_window(v_call, v_answer);
  v_before := ingest.entry_of(p_call_id);
  v_after := ingest.settle_call(v_call, v_before, v_answer);
  perform ingest.take_answer(v_call, p_status, v_answer);
  perform ingest.settle_budgets(v_before, v_after);
  perform ingest.count_outcome(v_call.endpoint, p_status, v_answer, v_after);
  return jsonb_build_object('recorded', true, 'class', v_answer.answer_class, 'run_id', v_call.run_id,
                            'resources', v_answer.resource_count, 'rejected', coalesce(cardinality(v_answer.rejects), 0))
         || base.report_decisions();
end;
$$;
comment on function ingest.record_answer(bigint, integer, jsonb, text, text) is
  'Records what a call brought: once (I7), and in one transaction with all that follows of it (I4). Says what it was, or why it changes nothing. RK010 for an unknown call.';
