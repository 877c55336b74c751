create or replace function api.user_forget(p_user_id bigint)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_blanked jsonb;
begin
  v_blanked := asset.forget_user(p_user_id);
  perform base.wake();
  return v_blanked;
end;
$$;
comment on function api.user_forget(bigint) is
  'Forgets a user for good. Handles, profile, counts, the texts of their posts, and what was kept as received, go now and are not kept again; numbers stay (ids, follows, memberships). Returns how many handles, posts, rejects and events were blanked. There is no way back. Errors RK003, RK018, RK022.';
