-- What an answer says of the token, in the words of every other answer.
begin;
select plan(9);

create function pg_temp.told(p_status integer, p_body text default '{}', p_headers jsonb default '{}') returns text language sql set role = rookery_operator as $$
  select concat_ws(' | ', check_name, state, says, mend) from api.token_check(p_status, p_headers, p_body);
$$;
select is(pg_temp.told(200, '{"data": {"project_usage": "12"}}'), 'token | ok | X takes the token', 'I8: a token that X takes');
select is(pg_temp.told(401, '{"title": "Unauthorized"}'),
  'token | failing | X was asked with the token: A 401: the token is refused. | set X_BEARER_TOKEN to a token that X takes, and start the worker again; then: rookery provider resume',
  'I8: one that X refuses');
select matches(pg_temp.told(402, 'not even JSON'), '^token \| failing \| .*credits are used up.* \| buy credits', 'I8: no credits');
select matches(pg_temp.told(403, '{"reason": "client-not-enrolled"}'), '^token \| failing \| .*the app may not do this.* \| put the app into a project', 'I8: an app that may not ask');
select matches(pg_temp.told(403, '{"title": "SpendCapReached"}'), '^token \| failing \| .*spending limit.* \| raise', 'I8: a limit that is reached');
select is(pg_temp.told(404), 'token | warning | X was asked with the token: A 404: no proof of anything.', 'an answer that proves nothing');
select is(pg_temp.told(429, '{}', '{"x-rate-limit-remaining": "0"}'), 'token | warning | X was asked with the token: A 429 of the rate window.', 'I8: one that came too often');
select is(pg_temp.told(503, '<html>'), 'token | warning | X was asked with the token: A 5xx.', 'X when it is down');
select is_empty($$ select * from ingest.outcomes union all select null, null, null, null, null, null from ingest.ledger $$, 'I8: the books know nothing of it');

select * from finish();
rollback;
