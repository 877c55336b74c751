create or replace function api.budgets()
  returns table (budget_id bigint, scope text, period text, cap_usd numeric, spent_usd numeric, left_usd numeric, held_calls bigint, began_at timestamptz, ends_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from ingest.list_budgets();
$$;
comment on function api.budgets() is
  'The budgets: what may be spent in the present period, what was (calls that are out, or got no answer, at their worst price), and how many calls wait for each.';
