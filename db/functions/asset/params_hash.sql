create or replace function asset.params_hash(p_kind text, p_params jsonb)
  returns bytea
  language plpgsql
  stable
as $$
declare
  v_lines text;
begin
  select coalesce(string_agg(chr(10) || t.param || '=' || case t.type
      when 'segment' then asset.segment_hash(p_params -> t.param)
      when 'segments' then (select string_agg(asset.segment_hash(s.segment), ',' order by s.position)
                            from jsonb_array_elements(p_params -> t.param) with ordinality as s (segment, position))
      else p_params ->> t.param end, '' order by t.param collate "C"), '')
  into strict v_lines
  from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
  where k.kind = p_kind;
  return sha256(convert_to('rookery 1' || chr(10) || p_kind || v_lines, 'UTF8'));
end;
$$;
comment on function asset.params_hash(text, jsonb) is
  'SHA-256 over lines: the hash''s version, the kind, and each canonical param as name=value, in the order of names; a nested segment by its own hash in hex (A2).';
