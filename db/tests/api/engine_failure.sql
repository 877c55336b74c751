begin;
select plan(18);

insert into test.world_users values (1, 'user_1'), (2, 'user_2');
insert into test.world_follows values (1, 2);
select api.sync_request('users', 1) \g /dev/null
select test.play() \g /dev/null
select api.sync_request('followers', 1) as run_id \gset
select (test.tick('w') #>> '{0,call_id}')::bigint as call_id \gset

set local role rookery_worker;
select is(api.engine_failure(:call_id, 'timeout', 'read timed out'), jsonb_build_object('recorded', true, 'class', 'timeout', 'run_id', :run_id),
  'a call that got no answer is told what it became');
reset role;
select is((select (state, class, detail)::text from api.calls where call_id = :call_id), '(ready,timeout,"timeout: read timed out")', 'E6: it will go out again');
select ok((select not_before - base.now() between '1.5 s' and '2.5 s' from api.calls where call_id = :call_id), 'E4: after a back-off with jitter');
select test.everything() as before \gset
set local role rookery_worker;
select is(api.engine_failure(:call_id, 'connect', 'refused') ->> 'recorded', 'false', 'I7: a second failure is not recorded');
reset role;
select is(test.everything(), :'before'::jsonb, 'I7: and changes nothing');

select simulation.advance('3 s') \g /dev/null
select test.tick('w') \g /dev/null
set local role rookery_worker;
select is(api.engine_failure(:call_id, 'connect', 'refused', 'somebody else') ->> 'recorded', 'false', 'I7: nor is one of a worker that has not got the call any more');
select is(api.engine_failure(:call_id, 'aborted', 'the worker stopped', 'w') ->> 'class', 'aborted', 'a worker that stops says so of what it drops');
reset role;
select is((select (state, attempts, not_before = base.now())::text from api.calls where call_id = :call_id), '(ready,1,t)', 'E6: which is no failed attempt, and goes out at once');
select test.tick('w') \g /dev/null
set local role rookery_worker;
select is(api.engine_failure(:call_id, 'connect', 'refused', 'w') ->> 'class', 'unconnected', 'no connection is another matter than no answer');
reset role;

-- Again and again
create function pg_temp.fail_next() returns text language plpgsql as $$
declare
  v_call_id bigint;
begin
  perform simulation.set_now((select min(not_before) from ingest.calls where state = 'ready'));
  v_call_id := (test.tick('w') #>> '{0,call_id}')::bigint;
  perform api.engine_failure(v_call_id, 'timeout', null);
  return (select status from api.runs order by run_id desc limit 1);
end;
$$;
select is(array(select pg_temp.fail_next() from generate_series(1, 4)), '{in_progress,in_progress,in_progress,error}', 'a run fails after a bounded number of attempts');
select is((select (error_class, attempts, state)::text from api.runs join api.calls using (run_id) where run_id = :run_id), '(timeout,6,failed)', 'I1: and says why');
select ok((select retry_at > completed_at from api.runs where run_id = :run_id), 'I1: and when its subject is tried again');
select is((select count(*) from api.decisions where kind = 'run_failed' and about = 'followers of 1'), 1::bigint, 'E3: which is a decision');

set local role rookery_worker;
select throws_ok($$ select api.engine_failure(-1, 'timeout', '') $$, 'RK010', 'there is no call -1', 'a failure of no call is an error');
select throws_ok($$ select api.engine_failure(null, 'timeout', '') $$, 'RK010', 'there is no call null', 'so is one of null');
reset role;
select is_empty('select test.invariants()', 'the standing invariants hold');

-- A worker without a token
select simulation.advance('1 day') \g /dev/null
select api.sync_request('users', 2) \g /dev/null
select (test.tick('w') #>> '{0,call_id}')::bigint as call_id \gset
set local role rookery_worker;
select is(api.engine_failure(:call_id, 'no_token', 'X_BEARER_TOKEN is not set', 'w') ->> 'class', 'no_token', 'a worker that has no token to ask with says so');
reset role;
select is((select (c.state, c.attempts, (select stopped_class from ingest.providers))::text from api.calls as c where call_id = :call_id), '(ready,0,no_token)',
  'I8: nothing goes out then, and nothing was tried');

select * from finish();
rollback;
