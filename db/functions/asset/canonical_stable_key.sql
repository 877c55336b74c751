create or replace function asset.canonical_stable_key(p_value jsonb)
  returns text
  language plpgsql
  immutable
as $$
begin
  if jsonb_typeof(p_value) <> 'string' or (p_value #>> '{}') !~ '\S' or length(p_value #>> '{}') > 200 then
    raise exception 'stable_key cannot be %', p_value
      using errcode = 'RK002', hint = 'Give a name of 1 to 200 characters that are not all blank.';
  end if;
  return p_value #>> '{}';
end;
$$;
comment on function asset.canonical_stable_key(jsonb) is 'The name of a specified set, as it was given. Error RK002.';
