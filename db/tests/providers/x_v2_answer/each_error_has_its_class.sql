-- Every error shape that X is known to send, and what it is taken for.
begin;
select plan(46);

create function pg_temp.class_of(p_endpoint text, p_status integer, p_body text, p_headers jsonb default '{}') returns text language sql as $$
  select answer_class from ingest.x_v2_answer(p_endpoint, p_status, p_headers, p_body)
$$;
create function pg_temp.only(p_error jsonb) returns text language sql as $$ select jsonb_build_object('errors', jsonb_build_array(p_error))::text $$;

-- 200
select is(pg_temp.class_of('followers', 200, pg_temp.only(test.error_object('7', 'suspended'))), 'subject_suspended', 'only an error: the subject is suspended');
select is(pg_temp.class_of('followers', 200, pg_temp.only(test.error_object('7', 'not_found'))), 'subject_not_found', 'not found has the same type, and another title');
select is(pg_temp.class_of('timeline', 200, pg_temp.only(test.error_object('7', 'protected'))), 'subject_protected', 'or it is protected');
select is(pg_temp.class_of('followers', 200, '{"data": [], ' || substr(pg_temp.only(test.error_object('7', 'suspended')), 2)), 'subject_suspended', 'an empty list beside it changes nothing');
select is(pg_temp.class_of('followers', 200, replace(pg_temp.only(test.error_object('7', 'protected')), 'api.twitter.com', 'api.x.com')), 'subject_protected', 'whatever the host in the type');
select is(pg_temp.class_of('followers', 200, '{"errors": [{"message": "Over capacity", "code": 130}]}'), 'api_error', 'any other error is X''s own');
select is(pg_temp.class_of('users', 200, '{"errors": [{"title": "x", "type": "https://api.x.com/2/problems/internal-error"}]}'), 'api_error', 'of a look-up too');
select is(pg_temp.class_of('users', 200, pg_temp.only(test.error_object('7', 'suspended'))), 'page', 'a look-up that finds nobody is an answer');
select is(pg_temp.class_of('followers', 200, '{"title": "Service Unavailable", "status": 503}'), 'api_error', 'a problem document is none, whatever the status says');
select is(pg_temp.class_of('followers', 200, '{"error": "oops"}'), 'api_error', 'nor is an error of another make');
select is(pg_temp.class_of('followers', 200, '{"errors": {"message": "oops"}}'), 'api_error', 'errors in the wrong form are errors');
select is(pg_temp.class_of('followers', 200, '{"data": "oops", "meta": {"result_count": 0}}'), 'api_error', 'data in the wrong form is no empty list');
select is(pg_temp.class_of('followers', 200, '{"meta": {"result_count": 0}}'), 'page', 'an empty list has no data');
select is(pg_temp.class_of('followers', 200, '{}'), 'page', 'nor sometimes a meta');
select is(pg_temp.class_of('users', 200, jsonb_build_object('errors', jsonb_build_array(test.error_object('5', 'not_found') || '{"section": "includes"}'))::text), 'page',
  'an error about an included object says nothing of the rows');
select is(pg_temp.class_of('search', 200, pg_temp.only(test.error_object('7', 'suspended'))), 'api_error', 'of a search no single author is the subject');
select is(pg_temp.class_of('search', 200, '{"meta": {"result_count": 0}}'), 'page', 'and one that finds nothing is an answer');
select is(pg_temp.class_of('followers', 200, test.page('[]', 'further', jsonb_build_array(test.error_object('5', 'suspended')))), 'page',
  'I2: where the list goes on, a row was left out: the subject is not suspended');
select is(pg_temp.class_of('timeline', 200, test.page('[]', null, jsonb_build_array(test.error_object('5', 'protected') || '{"resource_type": "tweet"}'))), 'page',
  'I2: an error about a post says nothing of its author');
select ok(is_partial, 'I2: but such a page proves nothing of what it does not show') from ingest.x_v2_answer('followers', 200, '{}', test.page('[]', 'further', jsonb_build_array(test.error_object('5', 'suspended'))));

-- 400
select is(pg_temp.class_of('followers', 400, '{"errors": [{"message": "x", "parameters": {"pagination_token": ["t"]}}], "title": "Invalid Request"}'), 'cursor_refused', 'a 400 about the cursor');
select is(pg_temp.class_of('timeline', 400, '{"errors": [{"parameters": {"post.fields": ["note_post"]}}]}'), 'vocabulary_refused', 'about the new words');
select is(pg_temp.class_of('timeline', 400, '{"errors": [{"message": "The query parameter [tweet.fields] is not one of […]"}]}'), 'vocabulary_refused', 'about the old words');
select is(pg_temp.class_of('timeline', 400, '{"errors": [{"message": "The query parameter [post.fields] is not one of [id,max_results,pagination_token,tweet.fields]"}]}'), 'vocabulary_refused',
  'though X says which it would take, the cursor among them');
select is(pg_temp.class_of('timeline', 400, '{"errors": [{"message": "The query parameter [lists] is not one of [id,pagination_token,tweet.fields]"}]}'), 'bad_request', 'or they are all that it would take');
select is(pg_temp.class_of('users', 400, '{"errors": [{"message": "x", "parameters": {"ids": ["x"]}}]}'), 'bad_request', 'about anything else');
select is(pg_temp.class_of('users', 400, '<html>'), 'bad_request', 'or without a reason');

-- 401 to 404
select is(pg_temp.class_of('users', 401, '{"title": "Unauthorized", "type": "about:blank", "status": 401}'), 'unauthorized', 'a 401');
select is(pg_temp.class_of('users', 402, '{"title": "CreditsDepleted", "type": "https://api.x.com/2/problems/credits"}'), 'credits_depleted', 'a 402 as it was');
select is(pg_temp.class_of('users', 402, '{"title": "Payment Required", "detail": "credits depleted", "type": "https://api.x.com/2/problems/credits-depleted"}'), 'credits_depleted', 'a 402 as it is');
select is(pg_temp.class_of('users', 403, '{"reason": "client-not-enrolled", "type": "https://api.x.com/2/problems/client-forbidden"}'), 'forbidden', 'a 403 of the app');
select is(pg_temp.class_of('users', 403, '{"title": "SpendCapReached", "detail": "…"}'), 'spend_capped', 'a 403 of the spending limit');
select is(pg_temp.class_of('timeline', 403, test.error_object('7', 'protected')::text), 'subject_protected', 'a 403 about the subject is no word about the app');
select is(pg_temp.class_of('users', 403, test.error_object('7', 'protected')::text), 'forbidden', 'but a look-up has no subject');
select is(pg_temp.class_of('users', 403, '<html>cloudflare</html>'), 'forbidden', 'a 403 that nobody explains is no reason to go on');
select is(pg_temp.class_of('timeline', 404, ''), 'not_found', 'a 404 is empty, and no proof');

-- 429
select is(pg_temp.class_of('users', 429, '{"title": "Too Many Requests", "status": 429}', '{"x-rate-limit-remaining": "0"}'), 'rate_limited', 'a 429 of the window');
select is(pg_temp.class_of('users', 429, '{"errors": [{"code": 88, "message": "Rate limit exceeded"}]}'), 'rate_limited', 'in its older form');
select is(pg_temp.class_of('users', 429, '', '{"X-Rate-Limit-Remaining": "12"}'), 'too_fast', 'a 429 with calls left is a limit per second, however headers are written');
select is(pg_temp.class_of('users', 429, '', '{"x-rate-limit-remaining": "12", "x-app-limit-24hour-remaining": "0"}'), 'rate_limited', 'unless it is the limit of a day');
select is(pg_temp.class_of('users', 429, '{"title": "UsageCapExceeded", "type": "https://api.x.com/2/problems/usage-capped"}', '{"x-rate-limit-remaining": "39999"}'), 'usage_capped', 'a 429 of the usage cap');

-- Who is called so
select is(ingest.x_v2_refusal(test.error_object('x', 'not_found') || '{"detail": "Could not find user with usernames: [suspended_bob]."}'), 'not_found', 'I6: a handle that says so is not a suspension');

-- the rest
select is(pg_temp.class_of('users', 503, '{"title": "Service Unavailable"}'), 'server_error', 'a 5xx');
select is(pg_temp.class_of('users', 520, '<html>cloudflare</html>'), 'server_error', 'of a proxy too');
select is(pg_temp.class_of('users', 418, ''), 'unexpected', 'a status that nobody documents');
select is(pg_temp.class_of('users', null, null), 'unexpected', 'or none');

select * from finish();
rollback;
