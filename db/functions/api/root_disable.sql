create or replace function api.root_disable(p_kind text, p_params jsonb)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.disable_root(p_kind, p_params, null, null);
  return asset.find_instance(p_kind, p_params);
end;
$$;
comment on function api.root_disable(text, jsonb) is
  'Stops keeping an asset fresh; its history stays. Returns its instance. Errors RK001, RK002, RK003, RK005, RK007.';
