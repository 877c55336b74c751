create or replace function ingest.find_user(p_name text, out user_id bigint, out handle text, out look_up_usd numeric)
  language plpgsql
  stable
as $$
declare
  v_name constant text := ingest.name_user(to_jsonb(p_name));
  v_refusal text;
begin
  if v_name is null then
    raise exception 'this names no user: %', coalesce(quote_literal(left(p_name, 60)), 'null')
      using errcode = 'RK011', hint = 'Give an id (a whole number from 1 to 9223372036854775807), a @handle, or the link of a profile.';
  end if;
  if v_name like 'user %' then
    user_id := split_part(v_name, ' ', 2)::bigint;
  else
    select r.user_id, r.refusal into user_id, v_refusal from ingest.resolve_user(v_name) as r;
    handle := split_part(v_name, ' ', 2);
  end if;
  if user_id is not null then
    handle := (select u.handle from graph.users as u where u.user_id = find_user.user_id);
  else
    perform ingest.check_handle_history(handle, v_refusal);
    look_up_usd := ingest.price_of('users_by_handle', null);
  end if;
end;
$$;
comment on function ingest.find_user(text) is
  'The user behind an id, a handle, an @handle or the link of a profile, with the handle, if any is known. An id need not be known here. Of a handle that nobody here is known to have: that handle, and what X bills for a look-up. Errors RK011, RK018.';
