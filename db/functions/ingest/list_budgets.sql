create or replace function ingest.list_budgets()
  returns table (budget_id bigint, scope text, period text, cap_usd numeric, spent_usd numeric, left_usd numeric, held_calls bigint, began_at timestamptz, ends_at timestamptz)
  language sql
  stable
as $$
  -- A period begins in the row with the first call that is to go out in it.
  select b.budget_id, b.scope, b.period, b.cap_usd, s.usd, greatest(b.cap_usd - s.usd, 0),
         (select count(*) from ingest.calls as c where c.state = 'ready' and c.held_by = b.budget_id), p.began_at, ingest.period_end(b.period, base.now())
  from ingest.budgets as b
  cross join lateral (select ingest.period_start(b.period, base.now()) as began_at) as p
  cross join lateral (select case when b.began_at < p.began_at then ingest.spent_since(b, p.began_at) else b.spent_usd end + ingest.delivered_since(b, p.began_at) as usd) as s
  order by b.scope, b.period;
$$;
comment on function ingest.list_budgets() is 'See api.budgets.';
