create or replace function api.root_enable(
    p_kind text, p_params jsonb,
    p_fresh_within interval default null, p_reconcile_within interval default null, p_reconcile_doubt numeric default null)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.enable_root(p_kind, p_params, null, null, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
  perform base.wake();
  return asset.find_instance(p_kind, p_params);
end;
$$;
comment on function api.root_enable(text, jsonb, interval, interval, numeric) is
  'Keeps an asset fresh from now on, with all that it is made from; returns its instance. In place of the settings: p_fresh_within, the window for its syncs; p_reconcile_within, how often at least a list is read in full; p_reconcile_doubt, how many percent of a list may be in doubt before it is. Enabling it again changes at most these. Errors RK001, RK002, RK003, RK006, RK007, RK014.';
