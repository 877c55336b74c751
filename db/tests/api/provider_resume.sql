begin;
select plan(8);

select test.x_sync('followers', 7) as run \gset
select test.x_answer(:run, '', 402) \g /dev/null
set local role rookery_worker;
select throws_ok('select api.provider_resume()', '42501', null, 'W5: not for a worker');
set local role rookery_operator;
select is(api.provider_resume('x_v2'), true, 'a provider that stopped sells again');
select results_eq('select distinct stopped_class, stopped_at, probe_at from api.windows', 'values (null::text, null::timestamptz, null::timestamptz)', 'nothing is left of it');
select is(api.provider_resume(), false, 'one that had not stopped goes on');
select throws_ok($$ select api.provider_resume('y') $$, 'RK029', 'there is no provider ''y''', 'an unknown one is an error');
select is(test.hint_of($$ select api.provider_resume(null) $$), 'The providers are x_v2.', 'and says which there are');
reset role;
select is(jsonb_array_length(test.tick()), 1, 'the call that was refused goes out at once');
select is((select attempt_count from ingest.calls), 1, 'its refusal was no attempt');

select * from finish();
rollback;
