create or replace function ingest.read_window(p_call ingest.calls, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- Calls that are still out were counted down already, so within one window the smaller number is true; a later reset is another
  -- window, out of which they may have to be served. A reset time is believed only within the length of a window from now: X's clock may be
  -- far off, or ours.
  update ingest.windows as w set
    limit_count = coalesce(nullif(p_answer.limit_count, 0), w.limit_count),
    remaining_count = case when a.is_spent then 0
                           when a.reset_at > w.reset_at and p_answer.remaining_count is not null
                             then greatest(0, p_answer.remaining_count - (select count(*) from ingest.calls where endpoint = p_call.endpoint
                                                                            and state = 'claimed' and call_id <> p_call.call_id))
                           when w.reset_at > base.now() then least(w.remaining_count, coalesce(p_answer.remaining_count, w.remaining_count))
                           else coalesce(p_answer.remaining_count, w.remaining_count) end,
    reset_at = coalesce(a.reset_at, case when a.is_spent then base.now() + e.window_length end, w.reset_at)
  from ingest.endpoints as e
  cross join lateral (
    select p_answer.answer_class = 'rate_limited' as is_spent,
           case when p_answer.reset_at > base.now() then least(p_answer.reset_at, base.now() + e.window_length + interval '1 minute')
                when p_answer.reset_at is not null and p_answer.answer_class = 'rate_limited' then base.now() + interval '10 seconds' end as reset_at
  ) as a
  where w.endpoint = p_call.endpoint and e.endpoint = p_call.endpoint
    and num_nonnulls(p_answer.limit_count, p_answer.remaining_count, p_answer.reset_at) + a.is_spent::integer > 0;
end;
$$;
comment on function ingest.read_window(ingest.calls, ingest.answer) is 'Believes the rate headers of the answer to a call (I8).';
