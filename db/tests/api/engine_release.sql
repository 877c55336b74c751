begin;
select plan(7);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
select api.sync_request('users', i) from generate_series(1, 4) as i \g /dev/null
select test.tick('leaving', 3) \g /dev/null
select test.tick('staying', 100) \g /dev/null
select call_id from api.calls where worker = 'leaving' order by call_id limit 1 \gset

set local role rookery_worker;
select is(api.engine_release('leaving'), '{"released": 3}', 'E6: a worker that stops gives its calls back');
select is(api.engine_release('leaving'), '{"released": 0}', 'E6: once');
select is(api.engine_release('unknown'), '{"released": 0}', 'who has none gives none back');
reset role;
select is((select count(*) from api.calls where state = 'claimed' and worker = 'staying'), 1::bigint, 'E6: the calls of others stay with them');
select is(jsonb_array_length(test.tick('staying')), 3, 'E6: another worker gets them at once');
set local role rookery_worker;
select is(api.engine_failure(:call_id, 'aborted', '', 'leaving') ->> 'recorded', 'false', 'I7: who gave a call back cannot fail it');
reset role;
select is(test.respond(:call_id, test.users_page('{1}')) ->> 'recorded', 'true', 'I7: but its late answer is welcome');

select * from finish();
rollback;
