create or replace function base.setting_interval(p_name text)
  returns interval
  language plpgsql
  stable
as $$
begin
  return (select value::interval from base.settings where name = p_name);
end;
$$;
comment on function base.setting_interval(text) is 'A setting as an interval.';
