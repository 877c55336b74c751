create or replace function ingest.resolve_user(p_name text, out user_id bigint, out refusal text)
  language plpgsql
  stable
as $$
declare
  v_resource constant text := split_part(p_name, ' ', 1);
  v_key constant text := split_part(p_name, ' ', 2);
begin
  if v_resource = 'user' then
    select u.user_id into user_id from graph.users as u where u.user_id = v_key::bigint;
  else
    select u.user_id into user_id from graph.users as u where lower(u.handle) = v_key;
  end if;
  if user_id is null then
    select m.reason into refusal from ingest.missing as m
    where m.resource = v_resource and m.item_key = v_key and m.ask_again_at > base.now();
  end if;
end;
$$;
comment on function ingest.resolve_user(text) is
  'The user behind `user 12` or `handle name`; or why X did not show it when it was asked lately (I6). Nulls: nobody knows yet.';
