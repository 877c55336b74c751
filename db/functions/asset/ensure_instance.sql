create or replace function asset.ensure_instance(p_kind text, p_params jsonb, p_scope_hash bytea default null)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_params constant jsonb := asset.canonical_params(p_kind, p_params);
  v_params_hash constant bytea := asset.params_hash(p_kind, v_params);
  v_identity_hash constant bytea := asset.identity_hash(v_params_hash, p_scope_hash);
  v_instance_id bigint;
  v_roles text[];
  v_dependency_ids bigint[];
begin
  select instance_id into v_instance_id from asset.instances where identity_hash = v_identity_hash;
  if found then
    return v_instance_id;
  end if;
  -- What a scoped instance is made from is shared with everybody (A2). Made in the order of roles: an aggregate's own order comes too late (E4).
  select array_agg(d.role), array_agg(asset.ensure_instance(d.kind, d.params))
  into v_roles, v_dependency_ids
  from (select * from asset.dependencies_of(p_kind, v_params) order by role) as d;

  insert into asset.instances (kind, params, params_hash, identity_hash, scope_hash, depth, created_at)
  select p_kind, v_params, v_params_hash, v_identity_hash, p_scope_hash, coalesce(max(i.depth) + 1, 0), base.now()
  from asset.instances as i where i.instance_id = any (v_dependency_ids)
  returning instance_id into v_instance_id;
  insert into asset.dependencies (instance_id, role, dependency_id, watched)
  select v_instance_id, d.role, d.dependency_id,
         array(select w.fact from asset.watches_of(p_kind, v_params) as w where w.role = d.role order by w.fact)
  from unnest(v_roles, v_dependency_ids) as d (role, dependency_id);
  return v_instance_id;
end;
$$;
comment on function asset.ensure_instance(text, jsonb, bytea) is
  'The instance of a kind and params (and scope), made with all that it depends on where it was not there (A4). asset.check_closure has let it pass; the caller holds asset.lock_planner().';
