create or replace function ingest.name_user(p_value jsonb)
  returns text
  language plpgsql
  immutable
as $$
declare
  v_said constant text := case when jsonb_typeof(p_value) in ('string', 'number') then btrim(p_value #>> '{}', E' \t\r\n') end;
  v_link text[];
begin
  -- In Turkish, an I in lower case is no i.
  if v_said ~ '^[0-9]+$' then
    return 'user ' || base.parse_id(v_said);
  elsif v_said ~ '^@?[A-Za-z0-9_]{1,15}$' then
    return 'handle ' || lower(ltrim(v_said collate "C", '@'));
  end if;
  v_link := regexp_match(
    v_said, '^(?:https?://)?(?:www\.|mobile\.)?(?:x|twitter)\.com/(?:i/user/([0-9]+)|@?([A-Za-z0-9_]{1,15}))/?(?:[?#].*)?$', 'i');
  return case when v_link[1] is not null then 'user ' || base.parse_id(v_link[1]) else 'handle ' || lower(v_link[2] collate "C") end;
end;
$$;
comment on function ingest.name_user(jsonb) is
  '`user 12` or `handle name` from an id, a handle, an @handle or the link of a profile; null for anything else. All digits are an id; @ makes a handle of them.';
