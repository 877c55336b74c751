create or replace function api.root_disable(p_kind text, p_params jsonb)
  returns bigint
  language sql
  volatile
  security definer
  set search_path = ''
as $$
  select asset.disable_root(p_kind, p_params);
$$;
comment on function api.root_disable(text, jsonb) is
  'Stops keeping an asset fresh; its history stays. Returns its instance. Errors RK001, RK002, RK003, RK005, RK007.';
