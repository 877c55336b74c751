create or replace function ingest.record_silence(p_call_id bigint, p_class text, p_detail text, p_worker text)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_call ingest.calls;
  v_answer ingest.answer;
  v_objection text;
  v_before ingest.ledger;
  v_after ingest.ledger;
begin
  perform base.forget_notes();
  v_call := ingest.lock_call(p_call_id);
  v_objection := ingest.objection_to(v_call, p_class, p_worker);
  if v_objection is not null then
    return jsonb_build_object('recorded', false, 'class', p_class, 'run_id', v_call.run_id, 'why', v_objection);
  end if;
  v_answer.answer_class := p_class;
  v_answer.detail := left(p_detail, 500);
  v_before := ingest.entry_of(p_call_id);
  v_after := ingest.settle_call(v_call, v_before, v_answer);
  perform ingest.take_answer(v_call, null, v_answer);
  perform ingest.settle_budgets(v_before, v_after);
  perform ingest.count_outcome(v_call.endpoint, 0, v_answer, v_after);
  return jsonb_build_object('recorded', true, 'class', p_class, 'run_id', v_call.run_id) || base.report_decisions();
end;
$$;
comment on function ingest.record_silence(bigint, text, text, text) is
  'Records that a call got no answer. Only a call that is out can fail, and only for the worker that has it (null: whichever): who comes late changes nothing. RK010 for an unknown call.';
