create or replace function asset.canonical_name(p_param text, p_value jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  -- A line feed would let two names pass for one and another param (asset.params_hash).
  if jsonb_typeof(p_value) <> 'string' or (p_value #>> '{}') !~ '\S' or (p_value #>> '{}') ~ '\n' or length(p_value #>> '{}') > 200 then
    raise exception '% cannot be %', p_param, p_value
      using errcode = 'RK002', hint = 'Give a name of 1 to 200 characters in one line that are not all blank.';
  end if;
  return p_value;
end;
$$;
comment on function asset.canonical_name(text, jsonb) is 'A name, as it was given; one line. Error RK002.';
