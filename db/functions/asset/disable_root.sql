create or replace function asset.disable_root(p_kind text, p_params jsonb, p_target_kind text, p_target_mode text)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_instance_id constant bigint := asset.find_instance(p_kind, p_params);
  v_root_id bigint;
begin
  perform asset.lock_planner();
  update asset.roots set is_enabled = false, disabled_at = base.now(), followed_id = null
  where instance_id = v_instance_id and is_enabled
    and (target_kind, target_mode) is not distinct from (p_target_kind, p_target_mode)
  returning root_id into v_root_id;
  if not found then
    raise exception 'that is no enabled root: % %', p_kind, p_params
      using errcode = 'RK005', hint = 'api.roots and api.fanout_roots list what is enabled.';
  end if;
  delete from asset.fanout_steps where root_id = v_root_id;
  perform asset.drop_wants(v_root_id, null);
  return v_root_id;
end;
$$;
comment on function asset.disable_root(text, jsonb, text, text) is
  'Stops keeping an instance (and, of a fanout, its targets) fresh; what no other enabled root needs rests, with its history (A3). Returns the root. RK005 when it is no enabled root.';
