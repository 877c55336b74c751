begin;
select plan(11);

set local role rookery_operator;
select is(api.specified_users_add('staff', array[1, 2]), 2::bigint, 'A1: adding to a set makes it where it was not');
select is(api.specified_users_add('staff', array[2, 3]), 3::bigint, 'A1: and leaves who is in');
reset role;
select test.everything() as before \gset
set local role rookery_operator;
select is(api.specified_users_add('staff', array[3, 1]), 3::bigint, 'A1: who is in is not added again');
select throws_ok($$ select api.specified_users_add('staff', null) $$, 'RK002', 'user ids cannot be null', 'no list is not an empty one');
reset role;
select is(test.everything(), :'before'::jsonb, 'G8: adding who is in changes nothing');
select test.enable('segment_specified_users', 'staff') \g /dev/null
set local role rookery_operator;
select api.specified_users_add('staff', array[4]) \g /dev/null
reset role;
select is((select count(*) from ingest.due where sync_kind = 'users' and subject_id = 4), 1::bigint, 'A5: a new member of a set that is kept fresh is looked up');
set local role rookery_operator;
select throws_ok($$ select api.specified_users_add('', array[1]) $$, 'RK002', 'stable_key cannot be ""', 'an empty stable key is an error');
select throws_ok($$ select api.specified_users_add(null, array[1]) $$, 'RK002', 'stable_key cannot be ""', 'so is none');
select throws_ok(format('select api.specified_users_add(%L, array[1])', repeat('x', 201)), 'RK002', null, 'so is one of more than 200 characters');
select throws_ok($$ select api.specified_users_add('staff', array[1, 0]) $$, 'RK003', 'user id is not an X id: 0', 'so is an id below 1');
select throws_ok($$ select api.specified_users_add('staff', array[1, null]) $$, 'RK003', 'user id is not an X id: null', 'so is a null among the ids');

select * from finish();
rollback;
