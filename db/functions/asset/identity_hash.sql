create or replace function asset.identity_hash(p_params_hash bytea, p_scope_hash bytea default null)
  returns bytea
  language sql
  immutable
as $$
  select case when p_scope_hash is null then p_params_hash
    else sha256(convert_to('rookery 1 scoped' || chr(10) || encode(p_params_hash, 'hex') || chr(10) || encode(p_scope_hash, 'hex'), 'UTF8')) end;
$$;
comment on function asset.identity_hash(bytea, bytea) is 'Who an instance is (A2): its params hash; for one that belongs to a source alone, that hash together with the source''s.';
