create or replace function ingest.reserve(p_quote ingest.quote)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_usd constant numeric := p_quote.unit_usd * p_quote.asked_count;
  v_budget ingest.budgets;
begin
  -- Of several that have no room, the one that holds it longest.
  select * into v_budget from ingest.budgets_of(p_quote.endpoint, p_quote.payer_ids) as b
  where ingest.share_of(v_usd, b.payer_id, p_quote.payer_ids) > ingest.room_in(b)
  order by ingest.period_end(period, began_at) desc, budget_id limit 1;
  if found then
    -- Of several who share a batch, one alone may have to wait.
    if v_budget.payer_id is null or cardinality(p_quote.payer_ids) = 1 or not ingest.split_run(p_quote.call_id, p_quote.run_id) then
      perform ingest.hold_call(p_quote, v_budget);
    end if;
    return false;
  end if;
  update ingest.budgets as b set spent_usd = b.spent_usd + ingest.share_of(v_usd, b.payer_id, p_quote.payer_ids)
  from ingest.budgets_of(p_quote.endpoint, p_quote.payer_ids) as o
  where b.budget_id = o.budget_id;
  return true;
end;
$$;
comment on function ingest.reserve(ingest.quote) is 'Reserves a call''s worst price in every budget that counts it (I8), or holds the call where one has no room, unless it can be parted among who wait for it; returns whether it may go. The caller holds those budgets.';
