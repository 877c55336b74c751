create or replace function asset.segment_hash(p_segment jsonb)
  returns text
  language sql
  stable
as $$
  select encode(asset.params_hash(p_segment ->> 'kind', p_segment -> 'params'), 'hex');
$$;
comment on function asset.segment_hash(jsonb) is 'The params hash of a nested segment, in hex.';
