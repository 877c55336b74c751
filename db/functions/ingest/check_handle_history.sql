create or replace function ingest.check_handle_history(p_handle text, p_refusal text)
  returns void
  language plpgsql
  stable
as $$
declare
  v_change graph.handle_changes;
  v_new_handle text;
begin
  select * into v_change from graph.handle_changes where lower(old_handle) = p_handle order by change_id desc limit 1;
  if found then
    v_new_handle := (select handle from graph.users where user_id = v_change.user_id);
    raise exception 'nobody is known as @% now: user % was until %, and is % today',
        p_handle, v_change.user_id, base.format_time(v_change.changed_at), coalesce('@' || v_new_handle, 'under no handle that is known')
      using errcode = 'RK018', hint = format('Give %s%s; a sync of handles asks X who is @%s now.', '@' || v_new_handle || ' or ', v_change.user_id, p_handle);
  end if;
  if p_refusal is not null then
    raise exception 'nobody here is known as @%, and X did not show it when it was asked: %', p_handle, p_refusal
      using errcode = 'RK018', hint = 'Mend the spelling, or give the id; a sync of handles asks X again.';
  end if;
end;
$$;
comment on function ingest.check_handle_history(text, text) is
  'Refuses a handle that nobody here holds now, when it is known who held it last (G3), or that X did not show it lately (p_refusal, I6). Error RK018.';
