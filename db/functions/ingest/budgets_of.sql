create or replace function ingest.budgets_of(p_endpoint text, p_payer_ids bigint[])
  returns setof ingest.budgets
  language sql
  stable
as $$
  select * from ingest.budgets
  where (endpoint is null or endpoint = p_endpoint) and (payer_id is null or payer_id = any (p_payer_ids));
$$;
comment on function ingest.budgets_of(text, bigint[]) is 'The budgets that count a call of this kind with these payers.';
