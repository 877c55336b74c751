create or replace function ingest.explain_call(p_call_id bigint)
  returns jsonb
  language sql
  stable
as $$
  -- What holds a call back, the longest-lasting first; see ingest.claim_calls.
  select base.build_reason('call', format('call %s to %s, page %s: ', c.call_id, c.endpoint, c.page_no) || b.says,
    jsonb_strip_nulls(jsonb_build_object(
      'call_id', c.call_id, 'endpoint', c.endpoint, 'page', c.page_no, 'state', c.state, 'attempts', c.attempt_count, 'worker', c.worker,
      'held_by', b.held_by, 'last_class', c.answer_class, 'last_detail', c.answer_detail, 'until_at', b.until_at)))
  from ingest.calls as c
  join ingest.windows as w using (endpoint)
  join ingest.endpoints as e using (endpoint)
  join ingest.providers as p using (provider)
  cross join lateral (
    select 'lease' as held_by, c.lease_until as until_at,
           format('is out with worker %s, and goes to another at %s', c.worker, base.format_time(c.lease_until)) as says
    where c.state = 'claimed'
    union all
    select 'provider', p.probe_at, format('%s sells nothing since %s (%s); one call tries again at %s',
      p.provider, base.format_time(p.stopped_at), p.stopped_class, base.format_time(p.probe_at))
    where c.state = 'ready' and p.stopped_at is not null
    union all
    select 'window', o.opens_at,
           format(case w.remaining_count when 0 then 'the rate window is used up until %s' else 'calls are spread over the rate window, the next goes out at %s' end,
                  base.format_time(o.opens_at))
    from ingest.window_opens_at(w) as o (opens_at)
    where c.state = 'ready' and o.opens_at > base.now()
    union all
    select 'budget', c.not_before, format('the budget of %s a %s has no room for it (USD %s) until %s', g.scope, g.period, trim_scale(c.held_usd),
      base.format_time(c.not_before))
    from ingest.budgets as g
    where g.budget_id = c.held_by and c.state = 'ready' and c.not_before > base.now()
    union all
    select 'backoff', c.not_before, format('goes out again at %s, after %s', base.format_time(c.not_before), coalesce(c.answer_class, 'nothing'))
    where c.state = 'ready' and c.not_before > base.now() and c.held_by is null
    union all
    select 'payers', base.now(), 'waits for the next tick of a worker to say who pays'
    from ingest.runs as r where r.run_id = c.run_id and c.state = 'ready' and r.payer_ids is null
    union all
    select null, base.now(), 'can go out as soon as a worker takes it'
    where c.state = 'ready'
  ) as b
  where c.call_id = p_call_id
  order by b.until_at desc, b.held_by nulls last
  limit 1;
$$;
comment on function ingest.explain_call(bigint) is
  'What an open call waits for, and until when: held_by lease, provider, window, budget, backoff, payers, or nothing. Null for one that has ended.';
