begin;
select plan(15);

insert into test.world_users values (1, 'Alpha'), (2, 'beta');

set local role rookery_operator;
select api.sync_handles('{alpha,@BETA,nobody_1,Alpha}') as run_id \gset
select is((select (sync_kind, handles, reason)::text from api.runs where run_id = :run_id), '(handles,"{alpha,beta,nobody_1}",requested)', 'G3: handles are the same whatever their case');
reset role;
select is(test.tick() -> 0 ->> 'path', '/2/users/by', 'I6: they are looked up in one call');
select test.answer('/2/users/by', test.world_look_up('/2/users/by', '{alpha,beta,nobody_1}')) \g /dev/null
select results_eq('select user_id, handle from api.users order by 1', $$ values (1::bigint, 'Alpha' collate "C"), (2, 'beta') $$, 'G1: those that X knows are users then');
select is((select (status, resources)::text from api.runs where run_id = :run_id), '(success,2)', 'I6: one missing handle never blocks the others');
select is((select reason from ingest.missing where resource = 'handle' and item_key = 'nobody_1'), 'not_found', 'I6: and is recorded as missing, with the reason');

set local role rookery_operator;
select throws_ok($$ select api.sync_handles('{}') $$, 'RK011', null, 'no handles are an error');
select throws_ok($$ select api.sync_handles(null) $$, 'RK011', null, 'so is null');
select throws_ok($$ select api.sync_handles(array['a', null]) $$, 'RK011', null, 'so is a null among them');
select throws_ok($$ select api.sync_handles('{ok,not ok}') $$, 'RK011', 'these are not handles to look up: ''not ok''', 'so is what is no handle');
select throws_ok($$ select api.sync_handles('{abcdefghijklmnop}') $$, 'RK011', 'these are not handles to look up: ''abcdefghijklmnop''', 'so is one of 16 characters');
select throws_ok($$ select api.sync_handles('{""}') $$, 'RK011', 'these are not handles to look up: ''''', 'so is an empty one');
select throws_ok($$ select api.sync_handles('{"a,b"}') $$, 'RK011', null, 'so is one that would be two');
select throws_ok($$ select api.sync_handles(array(select 'h' || i from generate_series(1, 101) as i)) $$, 'RK011', null, 'so are more than 100');
select lives_ok($$ select api.sync_handles(array(select 'h' || i from generate_series(1, 100) as i)) $$, 'I6: 100 are one batch');
reset role;
select is(length(test.tick() -> 0 -> 'query' ->> 'usernames') > 100, true, 'I6: in one call');

select * from finish();
rollback;
