create or replace function ingest.settle_budgets(p_before ingest.ledger, p_after ingest.ledger)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_payer_ids bigint[];
  v_budget ingest.budgets;
begin
  if p_before.booked_usd is not distinct from p_after.booked_usd then
    return;
  end if;
  select payer_ids into v_payer_ids from ingest.runs where run_id = p_after.run_id;
  perform ingest.share_books();
  for v_budget in
    -- The table itself: what a function returns is not locked, though it may be asked for.
    select * from ingest.budgets
    where budget_id = any (array(select budget_id from ingest.budgets_of(p_after.endpoint, v_payer_ids)))
    order by budget_id for no key update
  loop
    if p_after.counted_at >= v_budget.began_at then
      update ingest.budgets set
        spent_usd = spent_usd + ingest.share_of(p_after.booked_usd, payer_id, v_payer_ids) - ingest.share_of(p_before.booked_usd, payer_id, v_payer_ids)
      where budget_id = v_budget.budget_id
      returning * into v_budget;
      perform ingest.free_held_calls(v_budget);
    end if;
  end loop;
end;
$$;
comment on function ingest.settle_budgets(ingest.ledger, ingest.ledger) is
  'An entry of the ledger counts for less than it did: its budgets are told, and calls that wait for that room may go. Last in its transaction, since claims need these rows.';
