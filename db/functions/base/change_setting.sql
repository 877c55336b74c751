create or replace function base.change_setting(p_name text, p_value text)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_setting base.settings;
begin
  select * into v_setting from base.settings where name = p_name for no key update;
  if not found then
    raise exception 'there is no setting %', coalesce(quote_literal(p_name), 'null')
      using errcode = 'RK009', hint = 'select name, value, description from api.settings; lists them.';
  end if;
  if p_value is null or p_value !~ ('^(' || v_setting.pattern || ')$') then
    raise exception 'setting % cannot be %', p_name, coalesce(quote_literal(p_value), 'null')
      using errcode = 'RK009', hint = format('It now is %s (%s), and has to match %s.', v_setting.value, v_setting.unit, v_setting.pattern);
  end if;
  update base.settings set value = p_value, default_value = coalesce(default_value, value), changed_by = session_user, changed_at = base.now() where name = p_name;
  return p_value;
end;
$$;
comment on function base.change_setting(text, text) is
  'Changes a setting, notes who did and what it was by default, and returns its new value; RK009 for an unknown name or a value of the wrong form.';
