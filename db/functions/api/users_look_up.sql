create or replace function api.users_look_up(p_names text[])
  returns bigint[]
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_ids bigint[];
begin
  v_run_ids := engine.look_up_users(p_names);
  perform base.wake();
  return v_run_ids;
end;
$$;
comment on function api.users_look_up(text[]) is
  'Has X asked for those users, named as in users_find, who are not known here; returns the runs (see run_progress), none when all are. Once they have ended, users_find finds them, or says what X said. Refused with nothing queued while nobody would ask X: no worker ticks, or the provider does not sell. Errors RK011, RK018, RK051.';
