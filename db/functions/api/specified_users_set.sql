create or replace function api.specified_users_set(p_stable_key text, p_user_ids bigint[])
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  v_count := asset.edit_specified_users(p_stable_key, p_user_ids, '{}', true);
  perform base.wake();
  return v_count;
end;
$$;
comment on function api.specified_users_set(text, bigint[]) is 'Makes a specified set exactly these users; returns how many they are. Errors RK002, RK003; a warning when it is empty.';
