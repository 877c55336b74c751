create or replace function api.users_find(p_names text[])
  returns table (name text, user_id bigint, handle text, look_up_usd numeric)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from ingest.find_users(p_names);
$$;
comment on function api.users_find(text[]) is
  'The users behind ids, handles, @handles and links of profiles, in that order: all digits are an id, which need not be known here; @ makes a handle of them. Whom nobody here is known to be has no user_id, and look_up_usd says what X bills for asking (users_look_up). Errors RK011; RK018 for a handle that was given up, naming its last holder, and for one that X did not show lately.';
