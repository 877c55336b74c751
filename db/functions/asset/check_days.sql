create or replace function asset.check_days(p_days integer)
  returns void
  language plpgsql
  immutable
as $$
begin
  if p_days is null or p_days not between 1 and 366 then
    raise exception 'one cannot look back % days', coalesce(p_days::text, 'null')
      using errcode = 'RK012', hint = 'Give a p_days from 1 to 366.';
  end if;
end;
$$;
comment on function asset.check_days(integer) is 'Refuses a number of days that cannot be. Error RK012.';
