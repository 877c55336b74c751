create or replace function base.reset_setting(p_name text)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_value text;
begin
  select coalesce(default_value, value) into v_value from base.settings where name = p_name;
  v_value := base.change_setting(p_name, v_value);
  update base.settings set default_value = null where name = p_name;
  return v_value;
end;
$$;
comment on function base.reset_setting(text) is 'Gives a setting its default back, and returns that; RK009 for an unknown name.';
