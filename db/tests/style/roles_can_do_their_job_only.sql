-- W5 from the other side: what a role tries, and what it is told.
begin;
select plan(14);

set local role rookery_worker;
select lives_ok($$ select api.engine_tick('w', 1) $$, 'W5: a worker ticks');
select throws_ok('select * from graph.users', '42501', 'permission denied for schema graph', 'W5: it reads no private table');
select throws_ok('drop table graph.users', '42501', null, 'W5: it drops no table');
select throws_ok('select * from api.users', '42501', 'permission denied for view users', 'W5: it has no use for the views');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "1"}') $$, '42501', 'permission denied for function root_enable', 'W5: it decides nothing');
set local role rookery_operator;
select lives_ok($$ select api.root_enable('segment_followers', '{"subject_id": "1"}') $$, 'W5: an operator enables a root');
select throws_ok($$ select api.engine_response(1, 200, '{}', '{}') $$, '42501', 'permission denied for function engine_response', 'W5: but plays no X');
select throws_ok('delete from api.runs', '42501', null, 'W5: and deletes nothing');
select throws_ok($$ select asset.materialize(null) $$, '42501', 'permission denied for schema asset', 'W5: nor calls what is within');
set local role rookery_reader;
select lives_ok('select * from api.users', 'W5: a reader reads');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "1"}') $$, '42501', 'permission denied for function root_enable', 'W5: and enables nothing');
select throws_ok($$ select api.engine_tick('r', 0) $$, '42501', 'permission denied for function engine_tick', 'W5: nor ticks');
set local role rookery_web;
select lives_ok('select * from api.decisions', 'W5: the page reads');
select throws_ok($$ select api.setting_set('page.follows', '5') $$, '42501', 'permission denied for function setting_set', 'W5: and sets nothing');

select * from finish();
rollback;
