begin;
select plan(8);

select ingest.request_handles('{@Alice,ALICE,bob}') as run \gset
select is((select handles from ingest.runs where run_id = :run), '{alice,bob}', 'handles are looked up once, whatever their case');
select is(test.x_answer(:run, test.page(jsonb_build_array(test.user_object(7, 'Alice')), null, jsonb_build_array(test.error_object('Bob', 'not_found')))), 'page', 'X answers');
select is(test.x_handles('{7}'), '{Alice}', 'who is found is a user');
select results_eq('select resource, item_key::text collate "default", reason from ingest.missing', $$ values ('handle', 'bob', 'not_found') $$, 'I6: who is not is missing, and why');

select ingest.request_handles('{bob}') as again \gset
select test.x_answer(:again, test.page(jsonb_build_array(test.user_object(8, 'BOB')))) \g /dev/null
select is_empty('select * from ingest.missing', 'I6: who is found later is missing no more');

select throws_ok($$ select ingest.request_handles('{no-handle}') $$, 'RK011', 'these are not handles to look up: ''no-handle''');
select throws_ok($$ select ingest.request_handles('{}') $$, 'RK011', 'these are not handles to look up: none, a null, or more than 100');
select throws_ok($$ select ingest.request_handles(array(select 'u' || i from generate_series(1, 101) as i)) $$, 'RK011', null, 'I6: a batch is at most a hundred');

select * from finish();
rollback;
