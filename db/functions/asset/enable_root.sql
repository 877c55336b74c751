create or replace function asset.enable_root(p_kind text, p_params jsonb, p_fresh_within interval, p_target_kind text, p_target_mode text)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_root asset.roots;
begin
  if p_fresh_within <= '0' then
    raise exception 'nothing can be fresh within %', p_fresh_within
      using errcode = 'RK014', hint = 'Give an interval above zero, or null for the window that is set.';
  end if;
  perform asset.lock_planner();
  perform asset.check_closure(p_kind, p_params);
  insert into asset.roots as r (instance_id, target_kind, target_mode, fresh_within, is_enabled, enabled_at)
  values (asset.ensure_instance(p_kind, p_params), p_target_kind, p_target_mode, p_fresh_within, true, base.now())
  on conflict on constraint an_instance_is_one_root_per_target do update set
    is_enabled = true, enabled_at = excluded.enabled_at, disabled_at = null, fresh_within = excluded.fresh_within
  where not r.is_enabled or r.fresh_within is distinct from excluded.fresh_within
  returning * into v_root;
  if found then
    perform asset.add_wants(v_root.root_id, v_root.instance_id);
    -- Targets that are there already learn of a new window too.
    perform asset.set_freshness(w.instance_id)
    from (select distinct instance_id from asset.wants where root_id = v_root.root_id and via_id <> v_root.instance_id) as w;
    perform asset.follow_source(v_root);
  else
    select * into strict v_root from asset.roots
    where instance_id = asset.find_instance(p_kind, p_params)
      and (target_kind, target_mode) is not distinct from (p_target_kind, p_target_mode);
  end if;
  return v_root.root_id;
end;
$$;
comment on function asset.enable_root(text, jsonb, interval, text, text) is
  'Keeps an instance fresh from now on, and all that it is made from (A3, A4); with a target kind, one of that kind for each member too. Returns the root. Enabling an enabled root changes at most its window. Errors of asset.check_closure, and RK014.';
