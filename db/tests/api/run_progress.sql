begin;
select plan(12);

insert into test.world_users select i, 'user_' || i from generate_series(1, 30) as i;
insert into test.world_follows select 1, i from generate_series(2, 30) as i;
select test.x_users('{1}') \g /dev/null
select test.x_look(1, 29, 0) \g /dev/null
update base.settings set value = '10' where name = 'page.follows';
set local role rookery_operator;
select api.sync_request('followers', 1, 'full') as run_id \gset
select is((select says from api.run_progress(array[:run_id])), 'no worker ticks: none ever has', 'E3: a run that nobody works on says so');
select is((select attended from api.run_progress(array[:run_id])), false, 'E6: and that nobody attends to it');
reset role;
select test.tick() as calls \gset
set local role rookery_web;
select results_eq(format('select status, pages, resources, expected, expected_pages, cost_usd, attended from api.run_progress(array[%s])', :run_id),
  $$ values ('in_progress', 0, 0::bigint, 29::bigint, 3::bigint, 0::numeric, true) $$, 'I9: how far it is, and how much is expected');
select matches((select says from api.run_progress(array[:run_id])), '^call \d+ to followers, page 1: is out with worker test worker', 'and what it waits for');
reset role;
select test.respond((:'calls'::jsonb -> 0 ->> 'call_id')::bigint, test.world_answer(:'calls'::jsonb -> 0)) \g /dev/null
select results_eq(format('select status, pages, resources, cost_usd from api.run_progress(array[%s])', :run_id),
  $$ values ('in_progress', 1, 10::bigint, 0.1) $$, 'I4: page by page');
select test.play() \g /dev/null
select results_eq(format('select status, pages, resources, says from api.run_progress(array[%s])', :run_id),
  $$ values ('success', 3, 29::bigint, 'success') $$, 'I1: to its end');

select api.sync_request('posts', 2) as posts_id \gset
select results_eq(format('select run_id, expected, expected_pages from api.run_progress(array[%s, %s])', :posts_id, :run_id),
  format('values (%s::bigint, 29::bigint, 3::bigint), (%s, null, null)', :run_id, :posts_id), 'several at once; nobody can say what a timeline holds');
select is((select says from api.run_progress(array[:posts_id])), 'call ' || call_id || ' to timeline, page 1: waits for the next tick of a worker to say who pays', 'a run that has not begun')
from api.calls where run_id = :posts_id;
select api.run_cancel(:posts_id) \g /dev/null
select is((select says from api.run_progress(array[:posts_id])), 'cancelled', 'I1: one that was cancelled');
select api.sync_request('users', 99) as failed_id \gset
select test.tick() \g /dev/null
select test.answer('/2/users', '{"title": "Invalid Request", "errors": [{"message": "bad"}]}', 400) \g /dev/null
select matches((select says from api.run_progress(array[:failed_id])), '^failed: bad_request \(A 400: the call is a defect\), HTTP 400', 'I1: one that failed says why');
select throws_ok('select * from api.run_progress(array[7777777])', 'RK017', 'there is no run 7777777', 'an unknown run is an error');
select throws_ok('select * from api.run_progress(array[null]::bigint[])', 'RK017', 'there is no run null', 'so is none');

select * from finish();
rollback;
