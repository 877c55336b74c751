create or replace function api.token_check(p_status integer, p_headers jsonb, p_body text)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select check_name, state, says, mend, since_at from ingest.check_token(p_status, p_headers, p_body);
$$;
comment on function api.token_check(integer, jsonb, text) is
  'What an answer of X to somebody who tried the token says of it, in the words of every other answer; changes nothing. For a call that costs nothing, which no budget knows of. Columns as of api.checks.';
