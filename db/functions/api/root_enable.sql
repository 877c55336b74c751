create or replace function api.root_enable(p_kind text, p_params jsonb, p_fresh_within interval default null)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
begin
  perform asset.enable_root(p_kind, p_params, p_fresh_within, null, null);
  perform base.wake();
  return asset.find_instance(p_kind, p_params);
end;
$$;
comment on function api.root_enable(text, jsonb, interval) is
  'Keeps an asset fresh from now on, with all that it is made from; returns its instance. p_fresh_within: the window for its syncs, in place of the settings. Enabling it again changes at most that. Errors RK001, RK002, RK003, RK006, RK007, RK014.';
