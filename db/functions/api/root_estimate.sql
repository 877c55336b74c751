create or replace function api.root_estimate(
    p_kind text, p_params jsonb,
    p_fresh_within interval default null, p_reconcile_within interval default null, p_reconcile_doubt numeric default null)
  returns jsonb
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.estimate_root(p_kind, p_params, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
$$;
comment on function api.root_estimate(text, jsonb, interval, interval, numeric) is
  'What a root will cost before it is made, in US dollars beyond what is spent anyhow: {now_usd, month_usd (30 days), is_whole, syncs: [{sync_kind, subjects, needed_already (kept fresh for others, so no more to pay), unknown (nothing is known before they are looked up: not in the sums), now_usd, month_usd}], unknown: corpora whose source was never read, with the members it may have}. Nothing is made, nothing bought. Errors of root_enable.';
