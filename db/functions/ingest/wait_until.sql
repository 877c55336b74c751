create or replace function ingest.wait_until(p_call ingest.calls, p_answer ingest.answer)
  returns timestamptz
  language plpgsql
  volatile
as $$
declare
  v_last constant integer := base.setting_integer('call.attempts') - 1;
begin
  if p_answer.answer_class = 'too_fast' then
    -- The attempt counts, so that the next wait is longer, but never as the last one: waiting fails no run.
    update ingest.calls set attempt_count = least(p_call.attempt_count, v_last) where call_id = p_call.call_id;
    return base.now() + ingest.pause_after(p_call, p_answer);
  end if;
  -- Neither a window that is spent nor a worker that stops is a failed attempt.
  update ingest.calls set attempt_count = p_call.attempt_count - 1 where call_id = p_call.call_id;
  return case p_answer.answer_class
    when 'aborted' then base.now()
    else (select reset_at from ingest.windows where endpoint = p_call.endpoint) end;
end;
$$;
comment on function ingest.wait_until(ingest.calls, ingest.answer) is 'When a call that came too early, or was dropped, may go out again; as often as it takes.';
