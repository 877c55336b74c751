create or replace function asset.canonical_subject(p_value jsonb)
  returns text
  language plpgsql
  immutable
as $$
declare
  v_text constant text := p_value #>> '{}';
begin
  if jsonb_typeof(p_value) not in ('string', 'number') or v_text !~ '^-?[0-9]+$' then
    raise exception 'subject_id cannot be %', p_value
      using errcode = 'RK002', hint = 'Give an X id, as a string of digits or a whole number.';
  end if;
  if base.parse_id(ltrim(v_text, '0')) is null then
    raise exception 'subject_id is out of range: %', v_text
      using errcode = 'RK003', hint = 'An X id is a whole number from 1 to 9223372036854775807.';
  end if;
  return ltrim(v_text, '0');
end;
$$;
comment on function asset.canonical_subject(jsonb) is 'A user''s id as a decimal string. Errors RK002, RK003.';
