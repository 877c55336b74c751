create or replace function ingest.check_new_follower(p_payload jsonb, out field text, out message text)
  language plpgsql
  stable
as $$
declare
  v_own_account constant text := nullif(base.setting_text('webhook.own_account'), '');
  v_follower constant text := ingest.name_user(p_payload -> 'follower');
  v_target constant text := ingest.name_user(coalesce(nullif(p_payload -> 'target', 'null'), to_jsonb(v_own_account)));
  v_forms constant text := 'is no id, handle or profile link: ';
begin
  select c.field, c.message into field, message
  from (values
    ('follower', 'is missing', not p_payload ? 'follower'),
    ('follower', v_forms || left(p_payload ->> 'follower', 100), v_follower is null),
    ('target', 'is missing, and no own account is set (webhook.own_account)',
     coalesce(p_payload -> 'target', 'null') = 'null' and v_own_account is null),
    ('target', v_forms || left(coalesce(p_payload ->> 'target', v_own_account), 100), v_target is null),
    ('follower', 'is the target itself', v_follower = v_target),
    ('followed_at', 'is no ISO 8601 time with a zone: ' || left(p_payload ->> 'followed_at', 100),
     coalesce(p_payload -> 'followed_at', 'null') <> 'null' and base.parse_time(p_payload ->> 'followed_at') is null)
  ) as c (field, message, is_so)
  where c.is_so
  limit 1;
  message := field || ' ' || coalesce(message, v_forms || 'null');
end;
$$;
comment on function ingest.check_new_follower(jsonb) is
  'What is wrong with the payload of a new follower, and with which field of it; nulls when nothing is. It holds follower, and where they are known target and followed_at.';
