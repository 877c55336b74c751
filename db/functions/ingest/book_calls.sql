create or replace function ingest.book_calls(p_quotes ingest.quote[])
  returns ingest.quote[]
  language plpgsql
  volatile
as $$
declare
  v_budget_ids bigint[];
  v_locked_ids bigint[];
  v_quote ingest.quote;
  v_going ingest.quote[];
begin
  if p_quotes is null or not ingest.try_books() then
    return null;
  end if;
  if not exists (select from ingest.budgets) then
    return p_quotes;
  end if;
  v_budget_ids := array(
    select budget_id from ingest.budgets as b
    where exists (select from unnest(p_quotes) as q
                  where (b.endpoint is null or b.endpoint = q.endpoint) and (b.payer_id is null or b.payer_id = any (q.payer_ids))));
  v_locked_ids := array(select budget_id from ingest.budgets where budget_id = any (v_budget_ids) order by budget_id for no key update skip locked);
  if cardinality(v_locked_ids) < cardinality(v_budget_ids) then
    -- Another worker, or an answer, has one of them for a moment: the next tick comes at once.
    return null;
  end if;
  perform ingest.roll_budgets(v_budget_ids);
  foreach v_quote in array p_quotes loop
    if ingest.reserve(v_quote) then
      v_going := v_going || v_quote;
    end if;
  end loop;
  return v_going;
end;
$$;
comment on function ingest.book_calls(ingest.quote[]) is 'Those of these calls that every budget has room for, reserved; the others are held, each by a budget, so that they keep nobody back (I8).';
