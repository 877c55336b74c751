begin;
select plan(12);

set local role rookery_operator;
select api.specified_users_set('staff', array[1, 2, 3]) \g /dev/null
select is(api.specified_users_remove('staff', array[2, 9]), 2::bigint, 'A1: taking users out leaves the others; who is not in does not matter');
reset role;
select is((select array_agg(user_id order by user_id) from asset.specified_users where stable_key = 'staff' and is_listed), '{1,3}', 'A1: it is these who are left');
select test.everything() as before \gset
set local role rookery_operator;
select is(api.specified_users_remove('staff', array[2]), 2::bigint, 'A1: who is out is not taken out again');
reset role;
select is(test.everything(), :'before'::jsonb, 'G8: which changes nothing');
set local role rookery_operator;
select is(api.specified_users_add('staff', array[2]), 3::bigint, 'A1: who was taken out can come back');
select is(api.specified_users_remove('staff', array[1, 2, 3]), 0::bigint, 'A14: the last may go');
select is((select count(*) from api.decisions where kind = 'empty_set'), 1::bigint, 'A14: an empty set is a warning that is kept');
select throws_ok($$ select api.specified_users_remove('', array[1]) $$, 'RK002', 'stable_key cannot be ""', 'an empty stable key is an error');
select throws_ok($$ select api.specified_users_remove(null, array[1]) $$, 'RK002', 'stable_key cannot be ""', 'so is none');
select throws_ok(format('select api.specified_users_remove(%L, array[1])', repeat('x', 201)), 'RK002', null, 'so is one of more than 200 characters');
select throws_ok($$ select api.specified_users_remove('staff', array[1, 0]) $$, 'RK003', 'user id is not an X id: 0', 'so is an id below 1');
select throws_ok($$ select api.specified_users_remove('staff', array[1, null]) $$, 'RK003', 'user id is not an X id: null', 'so is a null among the ids');

select * from finish();
rollback;
