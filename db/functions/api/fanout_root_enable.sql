create or replace function api.fanout_root_enable(
    p_source_kind text, p_source_params jsonb, p_target_kind text, p_mode text default 'global_per_item',
    p_fresh_within interval default null, p_reconcile_within interval default null, p_reconcile_doubt numeric default null)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_fanout(p_source_kind, p_source_params, p_target_kind, p_mode);
  perform asset.enable_root(p_source_kind, p_source_params, p_target_kind, p_mode, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
  perform base.wake();
  return asset.find_instance(p_source_kind, p_source_params);
end;
$$;
comment on function api.fanout_root_enable(text, jsonb, text, text, interval, interval, numeric) is
  'Keeps a segment fresh, and for each of its members an asset of the target kind: shared with whoever asks for the same (global_per_item), or the source''s own (scoped_by_source). Windows and doubt as in root_enable. Returns the source''s instance. Errors RK001, RK002, RK003, RK006, RK007, RK014, RK015.';
