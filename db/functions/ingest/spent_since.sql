create or replace function ingest.spent_since(p_budget ingest.budgets, p_since timestamptz)
  returns numeric
  language sql
  stable
as $$
  select coalesce(sum(ingest.share_of(l.booked_usd, p_budget.payer_id, r.payer_ids)), 0)
  from ingest.ledger as l
  join ingest.runs as r using (run_id)
  where l.counted_at >= p_since
    and (p_budget.endpoint is null or l.endpoint = p_budget.endpoint)
    and (p_budget.payer_id is null or p_budget.payer_id = any (r.payer_ids));
$$;
comment on function ingest.spent_since(ingest.budgets, timestamptz) is 'What the ledger counts in a budget''s scope since a time, in US dollars: calls that are out, or got no answer, at their worst price.';
