begin;
select plan(25);
select base.change_setting('window.burst', '100') \g /dev/null

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
select api.specified_users_set('all', array[1, 2, 3, 4]), test.enable('segment_specified_users', 'all') \g /dev/null
select test.play() \g /dev/null
select test.enable('segment_followers', '1') as followers \gset
select test.tick() as calls \gset
select :'calls'::jsonb #>> '{0,call_id}' as call_id \gset

-- A page
set local role rookery_worker;
select api.engine_response(:call_id, 200, '{"X-Rate-Limit-Remaining": "7"}', test.users_page('{5,6}', 'next')) as said \gset
select is(:'said'::jsonb - 'run_id', '{"class": "page", "recorded": true, "resources": 2, "rejected": 0}', 'an answer is told what it became');
reset role;
select results_eq(
  'select state, http_status, class from api.calls where call_id = ' || :call_id, $$ values ('answered', 200, 'page') $$, 'I1: the call is answered');
select is((select (pages, resources, cost_usd, status)::text from api.runs where run_id = (:'said'::jsonb ->> 'run_id')::bigint),
  '(1,2,0.020000,in_progress)', 'I1: its run counts pages, resources and cost');
select is((select count(*) from api.follows where target_id = 1), 2::bigint, 'I4: rows are stored as they arrive');
select is((select next_token from ingest.pages where run_id = (:'said'::jsonb ->> 'run_id')::bigint), 'next', 'I4: together with the cursor');
select is((select item_ids from ingest.pages where run_id = (:'said'::jsonb ->> 'run_id')::bigint), '{5,6}', 'G7: and the ids that were seen');
select is((select remaining from api.windows where endpoint = 'followers'), 7, 'I8: headers are believed, whatever their case');

-- Twice
select test.everything() as before \gset
set local role rookery_worker;
select is(api.engine_response(:call_id, 200, '{}', test.users_page('{5,6,7}')) - 'run_id', '{"class": "page", "recorded": false, "why": "the call has ended"}', 'I7: a second answer is not recorded');
reset role;
select is(test.everything(), :'before'::jsonb, 'I7: and changes nothing');

-- What fails and is tried again
create function pg_temp.answer_next(p_status integer, p_body text, p_headers jsonb default '{}') returns text language plpgsql as $$
declare
  v_call_id bigint;
begin
  perform simulation.set_now(greatest((select reads_at from simulation.clock), (select min(not_before) from ingest.calls where state = 'ready')));
  v_call_id := (test.tick() #>> '{0,call_id}')::bigint;
  return test.respond(v_call_id, p_body, p_status, p_headers) ->> 'class';
end;
$$;
select is(pg_temp.answer_next(503, 'no'), 'server_error', 'a 503 is a server error');
select is((select state from api.calls order by call_id desc limit 1), 'ready', 'E4: and tried again');
select is(pg_temp.answer_next(200, '<html>'), 'not_json', 'HTML is no JSON');
select is(pg_temp.answer_next(200, null), 'not_json', 'nor is no body');
select is(pg_temp.answer_next(200, '{"errors": [{"title": "Internal Error", "type": "about:blank"}]}'), 'api_error', 'I2: a 200 with nothing but an error is no page');
select is((select status from api.runs order by run_id desc limit 1), 'in_progress', 'the run goes on');
select is(pg_temp.answer_next(200, test.users_page('{7}')), 'page', 'until an answer comes');
select is((select (status, cursor_exhausted)::text from api.runs order by run_id desc limit 1), '(success,t)', 'I1: which ends it');
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{5,6,7}', 'and the segment has all pages');

-- Nothing is bought
select simulation.advance('6 hours') \g /dev/null
select is(pg_temp.answer_next(402, '{"title": "CreditsDepleted"}'), 'credits_depleted', 'a 402 is no more credits');
select is(test.tick(), '[]', 'I8: then no call goes out');
select ok(exists (select from api.decisions where kind = 'provider_stopped'), 'E3: and a decision says so');
select simulation.advance('1 hour') \g /dev/null
select is(jsonb_array_length(test.tick()), 1, 'I8: but one probe now and then');

-- Bad input
set local role rookery_worker;
select throws_ok('select api.engine_response(-1, 200, ''{}'', ''{}'')', 'RK010', 'there is no call -1', 'an answer to no call is an error');
select throws_ok('select api.engine_response(null, 200, ''{}'', ''{}'')', 'RK010', 'there is no call null', 'so is one to null');
reset role;
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
