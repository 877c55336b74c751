create or replace function ingest.change_budget(p_scope text, p_payer_id bigint, p_endpoint text, p_period text, p_usd numeric)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_budget ingest.budgets;
begin
  perform ingest.lock_books();
  if p_usd is null then
    delete from ingest.budgets where scope = p_scope and period = p_period returning * into v_budget;
  else
    insert into ingest.budgets (scope, payer_id, endpoint, period, cap_usd, began_at)
    values (p_scope, p_payer_id, p_endpoint, p_period, p_usd, ingest.period_start(p_period, base.now()))
    on conflict (scope, period) do update set cap_usd = excluded.cap_usd
    returning * into v_budget;
    perform ingest.roll_budgets(array[v_budget.budget_id]);
    update ingest.budgets as b set spent_usd = ingest.spent_since(b, b.began_at) where budget_id = v_budget.budget_id;
  end if;
  perform ingest.retry_held_calls(v_budget.budget_id);
end;
$$;
comment on function ingest.change_budget(text, bigint, text, text, numeric) is
  'Sets a budget, which begins with what the ledger says was spent in its period so far; null: removes it. The calls that it held are judged anew.';
