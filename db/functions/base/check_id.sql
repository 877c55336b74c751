create or replace function base.check_id(p_id bigint, p_what text)
  returns bigint
  language plpgsql
  immutable
as $$
begin
  if p_id is null or p_id < 1 then
    raise exception '% is not an X id: %', p_what, coalesce(p_id::text, 'null')
      using errcode = 'RK003', hint = 'An X id is a whole number from 1 to 9223372036854775807.';
  end if;
  return p_id;
end;
$$;
comment on function base.check_id(bigint, text) is 'The id itself; RK003 when it is null or below 1.';
