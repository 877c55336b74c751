create or replace function ingest.roll_budgets(p_budget_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_budget ingest.budgets;
  v_start timestamptz;
begin
  for v_budget in
    select * from ingest.budgets where budget_id = any (p_budget_ids) and ingest.period_end(period, began_at) <= base.now() order by budget_id
  loop
    v_start := ingest.period_start(v_budget.period, base.now());
    -- What is out may be billed in the new period. An entry that is being settled just now is none of these: its budgets see it as it was booked.
    update ingest.ledger as l set counted_at = v_start
    from (
      select o.call_id, o.attempt_no
      from ingest.calls as c join ingest.ledger as o using (call_id)
      where c.state = 'claimed' and o.closed_at is null and o.counted_at < v_start
      for no key update of o skip locked
    ) as o
    where l.call_id = o.call_id and l.attempt_no = o.attempt_no;
    update ingest.budgets set began_at = v_start, spent_usd = ingest.spent_since(v_budget, v_start) where budget_id = v_budget.budget_id;
  end loop;
end;
$$;
comment on function ingest.roll_budgets(bigint[]) is 'Begins a new period in those of these budgets whose last one is over: with what is out, at its worst price. The caller holds them.';
