create or replace function ingest.wait_until(p_call ingest.calls, p_answer ingest.answer)
  returns timestamptz
  language plpgsql
  volatile
as $$
begin
  -- Waiting is no failed attempt.
  update ingest.calls set attempt_count = attempt_count - 1 where call_id = p_call.call_id and attempt_count > 0;
  if p_answer.answer_class = 'too_fast' then
    return base.now() + base.backoff('2 s', '10 s', 1, 'call ' || p_call.call_id);
  end if;
  return (select reset_at from ingest.windows where endpoint = p_call.endpoint);
end;
$$;
comment on function ingest.wait_until(ingest.calls, ingest.answer) is 'When a call that came too early may go out again.';
