create or replace function asset.enable_root(
    p_kind text, p_params jsonb, p_target_kind text, p_target_mode text, p_fresh_within interval, p_reconcile_within interval, p_reconcile_doubt numeric)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_root asset.roots;
begin
  perform asset.check_freshness(p_fresh_within, p_reconcile_within, p_reconcile_doubt);
  perform asset.lock_planner();
  perform asset.check_closure(p_kind, p_params);
  insert into asset.roots as r (instance_id, target_kind, target_mode, fresh_within, reconcile_within, reconcile_doubt, is_enabled, enabled_at)
  values (asset.ensure_instance(p_kind, p_params), p_target_kind, p_target_mode, p_fresh_within, p_reconcile_within, p_reconcile_doubt, true, base.now())
  on conflict on constraint an_instance_is_one_root_per_target do update set
    is_enabled = true, enabled_at = excluded.enabled_at, disabled_at = null,
    fresh_within = excluded.fresh_within, reconcile_within = excluded.reconcile_within, reconcile_doubt = excluded.reconcile_doubt
  where not r.is_enabled
    or (r.fresh_within, r.reconcile_within, r.reconcile_doubt)
       is distinct from (excluded.fresh_within, excluded.reconcile_within, excluded.reconcile_doubt)
  returning * into v_root;
  if found then
    perform asset.add_wants(v_root.root_id, v_root.instance_id);
    -- Targets that are there already learn of new windows too.
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
comment on function asset.enable_root(text, jsonb, text, text, interval, interval, numeric) is
  'Keeps an instance fresh from now on, and all that it is made from (A3, A4); with a target kind, one of that kind for each member too. Returns the root. Enabling an enabled root changes at most its windows and its doubt. Errors of asset.check_closure, and RK014.';
