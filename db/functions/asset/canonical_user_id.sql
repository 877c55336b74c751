create or replace function asset.canonical_user_id(p_param text, p_value jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
declare
  v_text constant text := p_value #>> '{}';
begin
  if jsonb_typeof(p_value) not in ('string', 'number') or v_text !~ '^-?[0-9]+$' then
    raise exception '% cannot be %', p_param, p_value
      using errcode = 'RK002', hint = 'Give an X id, as a string of digits or a whole number.';
  end if;
  if base.parse_id(ltrim(v_text, '0')) is null then
    raise exception '% is out of range: %', p_param, v_text
      using errcode = 'RK003', hint = 'An X id is a whole number from 1 to 9223372036854775807.';
  end if;
  return to_jsonb(ltrim(v_text, '0'));
end;
$$;
comment on function asset.canonical_user_id(text, jsonb) is 'A user''s id as a decimal string. Errors RK002, RK003.';
