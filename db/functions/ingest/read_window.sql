create or replace function ingest.read_window(p_call ingest.calls, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_limit constant integer := nullif(p_answer.limit_count, 0);
  v_is_spent constant boolean := p_answer.answer_class = 'rate_limited';
begin
  -- Calls that are still out were counted down already, so within one window the smaller number is true. A later reset or another limit is
  -- another window, out of which they may have to be served. A reset time is believed only within the length of a window from now: X's clock
  -- may be far off, or ours.
  update ingest.windows as w set
    limit_count = coalesce(v_limit, w.limit_count),
    remaining_count = least(coalesce(v_limit, w.limit_count), case
      when v_is_spent then 0
      when (a.reset_at > w.reset_at or v_limit <> w.limit_count) and p_answer.remaining_count is not null
        then greatest(0, p_answer.remaining_count - (select count(*) from ingest.calls where endpoint = p_call.endpoint
                                                       and state = 'claimed' and call_id <> p_call.call_id))
      when w.reset_at > base.now() then least(w.remaining_count, coalesce(p_answer.remaining_count, w.remaining_count))
      else coalesce(p_answer.remaining_count, w.remaining_count) end),
    reset_at = coalesce(a.reset_at, case when v_is_spent then base.now() + e.window_length end, w.reset_at)
  from ingest.endpoints as e
  cross join lateral (
    select case when p_answer.reset_at > base.now() then least(p_answer.reset_at, base.now() + e.window_length + interval '1 minute')
                when p_answer.reset_at is not null and v_is_spent then base.now() + interval '10 seconds' end as reset_at
  ) as a
  where w.endpoint = p_call.endpoint and e.endpoint = p_call.endpoint
    and num_nonnulls(v_limit, p_answer.remaining_count, p_answer.reset_at) + v_is_spent::integer > 0;
end;
$$;
comment on function ingest.read_window(ingest.calls, ingest.answer) is 'Believes the rate headers of the answer to a call (I8).';
