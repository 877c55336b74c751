begin;
select plan(7);

select test.x_sync('followers', 7) as run \gset
select test.x_call(:run) as call \gset
select is(ingest.record_silence(:call, 'timeout', 'late', null), jsonb_build_object('recorded', true, 'class', 'timeout', 'run_id', :run), 'a call that got no answer');
select results_eq('select state, answer_class, answer_detail, http_status from ingest.calls', $$ values ('ready', 'timeout', 'late', null::integer) $$, 'goes out again, and says why');
select is(ingest.record_silence(:call, 'timeout', 'late', null) ->> 'recorded', 'false', 'I7: to say it twice changes nothing');
select simulation.advance('1 minute') \g /dev/null
select test.x_answer(:run, test.page('[]')) \g /dev/null
select is(ingest.record_silence(:call, 'unreachable', 'x', null) ->> 'recorded', 'false', 'I7: nor does saying it after the answer');
select is((select status from ingest.runs where run_id = :run), 'success', 'I7: which stands');
select throws_ok($$ select ingest.record_silence(0, 'timeout', 'x', null) $$, 'RK010', 'there is no call 0');
select test.x_sync('followers', 8) as other \gset
select ingest.record_silence(test.x_call(:other), 'timeout', repeat('\u0000', 1000), null) \g /dev/null
select is((select length(answer_detail) from ingest.calls where run_id = :other), 500, 'a long story is cut short');

select * from finish();
rollback;
