create or replace function ingest.check_budgets()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with budgets as materialized (select * from ingest.list_budgets())
  select 'budget', 'warning',
         format('%s %s until %s: $%s of the $%s for %s in this %s are spent', b.held_calls, case b.held_calls when 1 then 'call waits' else 'calls wait' end,
                base.format_time(b.ends_at), round(b.spent_usd, 2), round(b.cap_usd, 2), b.scope, b.period),
         format('wait, or: rookery budget set %s %s USD', b.scope, b.period), null::timestamptz
  from budgets as b
  where b.held_calls > 0
  union all
  select 'budget', 'ok', case when exists (select from budgets) then 'no call waits for a budget' else 'no budget is set' end, null, null
  where not exists (select from budgets where held_calls > 0);
$$;
comment on function ingest.check_budgets() is 'Which budgets keep calls back: see api.checks.';
