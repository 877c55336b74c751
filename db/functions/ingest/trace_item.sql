create or replace function ingest.trace_item(p_item_kind text, p_key jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_id constant bigint := base.parse_id(case p_item_kind when 'follow' then p_key ->> 'target_id' else p_key #>> '{}' end);
  v_follower_id constant bigint := base.parse_id(p_key ->> 'follower_id');
  v_reason jsonb;
begin
  if p_item_kind = 'handle' and jsonb_typeof(p_key) = 'string' then
    v_reason := ingest.trace_handle(p_key #>> '{}');
  elsif p_item_kind in ('user', 'post') and v_id is not null or p_item_kind = 'follow' and num_nulls(v_id, v_follower_id) = 0 then
    v_reason := case p_item_kind
      when 'user' then ingest.trace_user(v_id)
      when 'post' then ingest.trace_post(v_id)
      else ingest.trace_follow(v_id, v_follower_id) end;
  else
    raise exception 'that names no item: % %', coalesce(p_item_kind, 'null'), coalesce(p_key::text, 'null')
      using errcode = 'RK019',
            hint = 'Like this: ''user'', ''"123"''; ''post'', ''"123"''; ''handle'', ''"x"''; ''follow'', ''{"target_id": "1", "follower_id": "2"}''.';
  end if;
  if v_reason is null then
    raise exception 'no % % was ever seen', p_item_kind, p_key
      using errcode = 'RK018', hint = 'Only what a payload of X showed is known here.';
  end if;
  return v_reason;
end;
$$;
comment on function ingest.trace_item(text, jsonb) is 'Where a user, post, follow or handle comes from (G7), as a reason. RK018 for one that is not known, RK019 for a key that names none.';
