create or replace function asset.ensure_instance(p_kind text, p_params jsonb, p_path bytea[] default '{}')
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_params constant jsonb := asset.canonical_params(p_kind, p_params);
  v_hash constant bytea := asset.params_hash(p_kind, v_params);
  v_instance_id bigint;
  v_roles text[];
  v_dependency_ids bigint[];
begin
  if v_hash = any (p_path) then
    raise exception '% % would depend on itself', p_kind, v_params
      using errcode = 'RK006', hint = 'Choose a source that is not made from this asset.';
  end if;
  select instance_id into v_instance_id from asset.instances where identity_hash = asset.identity_hash(v_hash);
  if found then
    return v_instance_id;
  end if;
  select array_agg(d.role order by d.role), array_agg(asset.ensure_instance(d.kind, d.params, p_path || v_hash) order by d.role)
  into v_roles, v_dependency_ids
  from asset.dependencies_of(p_kind, v_params) as d;

  insert into asset.instances (kind, params, params_hash, identity_hash, depth, created_at)
  select p_kind, v_params, v_hash, asset.identity_hash(v_hash), coalesce(max(i.depth) + 1, 0), base.now()
  from asset.instances as i where i.instance_id = any (v_dependency_ids)
  returning instance_id into v_instance_id;
  insert into asset.dependencies (instance_id, role, dependency_id)
  select v_instance_id, d.role, d.dependency_id
  from unnest(v_roles, v_dependency_ids) as d (role, dependency_id);
  return v_instance_id;
end;
$$;
comment on function asset.ensure_instance(text, jsonb, bytea[]) is
  'The instance of a kind and params, made with all that it depends on where it was not there (A4). Errors of asset.canonical_params, and RK006. The caller holds asset.lock_planner().';
