create or replace function ingest.pause_after(p_call ingest.calls, p_answer ingest.answer)
  returns interval
  language plpgsql
  stable
as $$
declare
  v_cap constant interval := base.setting_interval('call.backoff_cap');
begin
  return greatest(
    base.backoff(base.setting_interval('call.backoff'), v_cap, p_call.attempt_count, 'call ' || p_call.call_id),
    case when p_answer.retry_after is not null then least(v_cap, p_answer.retry_after * interval '1 second') end);
end;
$$;
comment on function ingest.pause_after(ingest.calls, ingest.answer) is
  'How long a call waits before it is sent once more: longer with each attempt, with a jitter (E4), and as long as the answer asks for, up to a cap.';
