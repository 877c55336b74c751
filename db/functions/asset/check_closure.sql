create or replace function asset.check_closure(p_kind text, p_params jsonb, p_path bytea[] default '{}')
  returns void
  language plpgsql
  stable
as $$
declare
  v_params constant jsonb := asset.canonical_params(p_kind, p_params);
  v_hash constant bytea := asset.params_hash(p_kind, v_params);
begin
  if v_hash = any (p_path) then
    raise exception '% % would depend on itself', p_kind, v_params
      using errcode = 'RK006', hint = 'Choose a source that is not made from this asset.';
  end if;
  perform asset.check_closure(d.kind, d.params, p_path || v_hash) from asset.dependencies_of(p_kind, v_params) as d;
end;
$$;
comment on function asset.check_closure(text, jsonb, bytea[]) is
  'Whether an asset can be made: its params, and those of all that it is made from, are well formed, and nothing depends on itself (A4). Errors of asset.canonical_params, and RK006.';
