create or replace function ingest.check_token(p_status integer, p_headers jsonb, p_body text)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'token', case when p_status = 200 then 'ok' when a.action = 'stop' then 'failing' else 'warning' end,
         case when p_status = 200 then 'X takes the token' else format('X was asked with the token: %s', a.meaning) end, a.mend, null::timestamptz
  -- The endpoint matters to a 200 alone.
  from (select ingest.x_v2_class('users', p_status, p_headers, base.parse_json(p_body)) as answer_class) as c
  left join ingest.answer_classes as a using (answer_class);
$$;
comment on function ingest.check_token(integer, jsonb, text) is 'See api.token_check.';
