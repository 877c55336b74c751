create or replace function asset.params_hash(p_kind text, p_params jsonb)
  returns bytea
  language sql
  immutable
as $$
  select sha256(convert_to(
    'rookery 1' || chr(10) || p_kind || chr(10) || coalesce(
      'source=' || encode(asset.params_hash(p_params -> 'source' ->> 'kind', p_params -> 'source' -> 'params'), 'hex'),
      'subject_id=' || (p_params ->> 'subject_id'),
      'stable_key=' || (p_params ->> 'stable_key')),
    'UTF8'))
  where p_kind is not null;
$$;
comment on function asset.params_hash(text, jsonb) is
  'SHA-256 over three lines: the hash''s version, the kind, and the canonical param as name=value, a nested asset by its own hash in hex (A2).';
