create or replace function asset.find_instance(p_kind text, p_params jsonb)
  returns bigint
  language sql
  stable
as $$
  select instance_id from asset.instances
  where identity_hash = asset.identity_hash(asset.params_hash(p_kind, asset.canonical_params(p_kind, p_params)));
$$;
comment on function asset.find_instance(text, jsonb) is 'The unscoped instance of a kind and params, or null. Errors of asset.canonical_params.';
