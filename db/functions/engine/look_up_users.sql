create or replace function engine.look_up_users(p_names text[])
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_handles constant text[] := array(select handle from ingest.find_users(p_names) where user_id is null);
  v_obstacle text;
begin
  if v_handles = '{}' then
    return '{}'::bigint[];
  end if;
  v_obstacle := engine.say_unattended();
  if v_obstacle is not null then
    raise exception 'nobody here is known as @%, and nobody would ask X now: %', v_handles[1], v_obstacle
      using errcode = 'RK051', hint = 'Give the id, or mend that: start a worker, and say provider_resume once X sells again.';
  end if;
  return ingest.start_handle_lookups(v_handles, 'requested');
end;
$$;
comment on function engine.look_up_users(text[]) is
  'Has X asked for those of these users who are not known here; returns the runs, none when all are. Errors RK011, RK018, RK051.';
