create or replace function base.setting_text(p_name text)
  returns text
  language plpgsql
  stable
as $$
begin
  return (select value from base.settings where name = p_name);
end;
$$;
comment on function base.setting_text(text) is 'A setting as it is written; null for a name that is not in base.settings.';
