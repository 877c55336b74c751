create or replace function base.setting_integer(p_name text)
  returns integer
  language plpgsql
  stable
as $$
begin
  return (select value::integer from base.settings where name = p_name);
end;
$$;
comment on function base.setting_integer(text) is 'A setting as a whole number.';
