create or replace function api.root_enable(p_kind text, p_params jsonb)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = ''
as $$
declare
  v_instance_id bigint;
begin
  v_instance_id := asset.enable_root(p_kind, p_params);
  perform base.wake();
  return v_instance_id;
end;
$$;
comment on function api.root_enable(text, jsonb) is
  'Keeps an asset fresh from now on, with all that it is made from; returns its instance. Enabling it twice changes nothing. Errors RK001, RK002, RK003, RK006, RK007.';
