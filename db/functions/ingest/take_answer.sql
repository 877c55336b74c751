create or replace function ingest.take_answer(p_call ingest.calls, p_status integer, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_action text;
begin
  select action into strict v_action from ingest.answer_classes where answer_class = p_answer.answer_class;
  if v_action in ('retry', 'reword') and p_call.attempt_count >= base.setting_integer('call.attempts') then
    v_action := 'fail';
  end if;
  if v_action in ('store', 'refuse') then
    perform ingest.start_provider(p_call);
  end if;
  if v_action = 'store' then
    perform ingest.store_page(p_call, p_answer);
    return;
  end if;

  update ingest.calls set http_status = p_status, answer_class = p_answer.answer_class, answer_detail = p_answer.detail
  where call_id = p_call.call_id;
  case v_action
    when 'retry' then
      perform ingest.return_call(p_call.call_id, base.now() + ingest.pause_after(p_call, p_answer));
    when 'wait' then
      perform ingest.return_call(p_call.call_id, ingest.wait_until(p_call, p_answer));
    when 'stop' then
      perform ingest.stop_provider(p_call, p_answer);
    when 'restart' then
      perform ingest.restart_refused_run(p_call, p_status, p_answer);
    when 'reword' then
      update ingest.providers set vocabulary = case when p_call.query ? 'post.fields' then 'tweet' else 'post' end where provider = 'x_v2';
      perform ingest.return_call(p_call.call_id, base.now());
    when 'refuse' then
      perform ingest.refuse_run(p_call.run_id, p_answer.answer_class, p_status);
    when 'fail' then
      perform ingest.fail_run(p_call.run_id, p_answer.answer_class, p_status, p_answer.detail);
  end case;
end;
$$;
comment on function ingest.take_answer(ingest.calls, integer, ingest.answer) is 'Does what ingest.answer_classes says about an answer. The call and its run are locked.';
