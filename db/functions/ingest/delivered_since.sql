create or replace function ingest.delivered_since(p_budget ingest.budgets, p_since timestamptz)
  returns numeric
  language sql
  stable
as $$
  select coalesce(sum(cost_usd), 0)
  from ingest.deliveries
  where p_budget.payer_id is null and p_budget.endpoint is null and utc_day >= (p_since at time zone 'UTC')::date;
$$;
comment on function ingest.delivered_since(ingest.budgets, timestamptz) is
  'What webhook events cost since the start of a UTC day, as far as a budget counts it: the one on everything does, the others nothing of it.';
