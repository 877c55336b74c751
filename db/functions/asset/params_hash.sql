create or replace function asset.params_hash(p_kind text, p_params jsonb)
  returns bytea
  language plpgsql
  immutable
as $$
declare
  v_source constant jsonb := p_params -> 'source';
  v_param text;
begin
  if v_source is not null then
    v_param := 'source=' || encode(asset.params_hash(v_source ->> 'kind', v_source -> 'params'), 'hex');
  else
    select key || '=' || value into strict v_param from jsonb_each_text(p_params);
  end if;
  return sha256(convert_to('rookery 1' || chr(10) || p_kind || chr(10) || v_param, 'UTF8'));
end;
$$;
comment on function asset.params_hash(text, jsonb) is
  'SHA-256 over three lines: the hash''s version, the kind, and the canonical param as name=value, a nested asset by its own hash in hex (A2).';
