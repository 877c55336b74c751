create or replace function asset.forget_user(p_user_id bigint)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_root record;
  v_stable_key text;
begin
  -- Who enables a root or edits a set at this moment is waited for, and waits.
  perform graph.lock_writer();
  perform asset.lock_planner();
  select i.kind, i.params into v_root
  from asset.roots as r join asset.instances as i using (instance_id)
  where r.is_enabled and asset.names_user(i.kind, i.params, p_user_id)
  order by r.root_id limit 1;
  if found then
    raise exception 'user % is asked for by the root % %', p_user_id, v_root.kind, v_root.params
      using errcode = 'RK022', hint = format('Disable it first: select root_disable(%L, %L).', v_root.kind, v_root.params);
  end if;
  select stable_key into v_stable_key from asset.specified_users where user_id = p_user_id and is_listed order by stable_key limit 1;
  if found then
    raise exception 'user % is in the set %', p_user_id, quote_literal(v_stable_key)
      using errcode = 'RK022', hint = format('Take them out first: select specified_users_remove(%L, ''{%s}'').', v_stable_key, p_user_id);
  end if;
  return ingest.forget_user(p_user_id);
end;
$$;
comment on function asset.forget_user(bigint) is 'As ingest.forget_user, unless an enabled root or a set names the user. Errors RK003, RK018, RK022.';
