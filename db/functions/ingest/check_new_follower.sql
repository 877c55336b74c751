create or replace function ingest.check_new_follower(p_payload jsonb, out field text, out message text)
  language plpgsql
  stable
as $$
declare
  v_forms constant text := ' is no id, handle or profile link: ';
  v_follower constant text := ingest.name_user(p_payload -> 'follower');
  v_asked jsonb := nullif(p_payload -> 'target', 'null');
  v_target text;
begin
  -- The setting is read only for who names no target: two thousand events a second are to pass here.
  if v_asked is null then
    v_asked := to_jsonb(nullif(base.setting_text('webhook.own_account'), ''));
  end if;
  v_target := ingest.name_user(v_asked);
  if v_follower is null then
    field := 'follower';
    message := case when p_payload ? 'follower' then 'follower' || v_forms || coalesce(left(p_payload ->> 'follower', 100), 'null') else 'follower is missing' end;
  elsif v_target is null then
    field := 'target';
    message := case when v_asked is null then 'target is missing, and no own account is set (webhook.own_account)'
                    else 'target' || v_forms || left(v_asked #>> '{}', 100) end;
  elsif v_follower = v_target then
    field := 'follower';
    message := 'follower is the target itself';
  elsif coalesce(p_payload -> 'followed_at', 'null') <> 'null' and base.parse_time(p_payload ->> 'followed_at') is null then
    field := 'followed_at';
    message := 'followed_at is no ISO 8601 time with a zone: ' || left(p_payload ->> 'followed_at', 100);
  end if;
end;
$$;
comment on function ingest.check_new_follower(jsonb) is
  'What is wrong with the payload of a new follower, and with which field of it; nulls when nothing is. It holds follower, and where they are known target and followed_at.';
