create or replace function api.cost(p_by text default 'root')
  returns table (what text, spent_usd numeric, expected_usd numeric)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from asset.spend_of_month(p_by);
$$;
comment on function api.cost(text) is
  'What was spent in this UTC month so far, and what is expected for the rest of it, in US dollars; p_by: root, call, or day. Expected is the mean of the last seven full days, and of a root that has none an estimate. No answer counts at its worst price. Error RK033.';
