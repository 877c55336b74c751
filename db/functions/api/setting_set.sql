create or replace function api.setting_set(p_name text, p_value text)
  returns text
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_moves_due_times constant boolean := p_name ~ '^(freshness|reconcile)\.' or p_name = 'subject.recheck';
  v_value text;
begin
  if v_moves_due_times then
    -- A need that is just being made is due by one setting or the other.
    perform asset.lock_planner();
  end if;
  v_value := case when p_value is null then base.reset_setting(p_name) else base.change_setting(p_name, p_value) end;
  if v_moves_due_times then
    perform ingest.reschedule_all();
  elsif p_name like 'page.%' or p_name = 'x_v2.own_account' then
    perform ingest.retry_held_calls();
  end if;
  perform base.wake();
  return v_value;
end;
$$;
comment on function api.setting_set(text, text) is 'Changes a setting, or gives it its default back (null); returns its new value. Error RK009.';
