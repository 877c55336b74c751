create or replace function api.budget_set(p_scope text, p_period text, p_usd numeric)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.set_budget(p_scope, p_period, p_usd);
  perform base.wake();
end;
$$;
comment on function api.budget_set(text, text, numeric) is
  'Sets what may be spent at most in a UTC day or month (p_period: day, month), in US dollars; null removes it. p_scope: everything, root:12, call:followers. Errors RK005, RK030.';
