create or replace function ingest.room_in(p_budget ingest.budgets)
  returns numeric
  language sql
  stable
as $$
  select p_budget.cap_usd - p_budget.spent_usd - ingest.delivered_since(p_budget, p_budget.began_at);
$$;
comment on function ingest.room_in(ingest.budgets) is
  'How much more calls may cost in the present period of a budget (I8). Negative where webhook events took more than there was: they come whether or not there is room.';
