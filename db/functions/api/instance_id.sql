create or replace function api.instance_id(p_kind text, p_params jsonb)
  returns bigint
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.find_instance(p_kind, p_params);
$$;
comment on function api.instance_id(text, jsonb) is 'The instance of a kind and params, or null when there is none. Errors RK001, RK002, RK003, RK007.';
