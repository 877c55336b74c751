create or replace function api.specified_users_add(p_stable_key text, p_user_ids bigint[])
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  v_count := asset.edit_specified_users(p_stable_key, p_user_ids, '{}', false);
  perform base.wake();
  return v_count;
end;
$$;
comment on function api.specified_users_add(text, bigint[]) is 'Puts users into a specified set; returns how many are in it then. Errors RK002, RK003.';
