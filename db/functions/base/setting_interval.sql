create or replace function base.setting_interval(p_name text)
  returns interval
  language sql
  stable
as $$
  select value::interval from base.settings where name = p_name;
$$;
comment on function base.setting_interval(text) is 'A setting as an interval.';
