create or replace function api.fanout_root_disable(p_source_kind text, p_source_params jsonb, p_target_kind text, p_mode text default 'global_per_item')
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_fanout(p_source_kind, p_source_params, p_target_kind, p_mode);
  perform asset.disable_root(p_source_kind, p_source_params, p_target_kind, p_mode);
  return asset.find_instance(p_source_kind, p_source_params);
end;
$$;
comment on function api.fanout_root_disable(text, jsonb, text, text) is
  'Stops a fanout: its targets, and its source, rest unless another root needs them; their history stays. Returns the source''s instance. Errors RK001, RK002, RK003, RK005, RK006, RK007, RK015.';
