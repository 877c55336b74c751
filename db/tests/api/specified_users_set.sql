begin;
select plan(17);

set local role rookery_operator;
select is(api.specified_users_set('staff', array[3, 1, 2, 1]), 3::bigint, 'A1: a set holds each user once');
select is(api.specified_users_set('staff', array[2, 4]), 2::bigint, 'A1: setting it makes it exactly these');
select is(api.specified_users_set('other', array[9]), 1::bigint, 'A1: each stable key is a set of its own');
reset role;
select is((select array_agg(user_id order by user_id) from asset.specified_users where stable_key = 'staff' and is_listed), '{2,4}', 'A1: those that are not named are off the list');
select is_empty($$ select from graph.users $$, 'G2, A14: ids are listed without a row of their own');
select test.everything() as before \gset
set local role rookery_operator;
select api.specified_users_set('staff', array[4, 2]) \g /dev/null
reset role;
select is(test.everything(), :'before'::jsonb, 'G8: setting what is set changes nothing');
select test.enable('segment_specified_users', 'staff') \g /dev/null
select results_eq('select subject_id from ingest.needs order by 1', $$ values (2::bigint), (4) $$, 'A5: the profiles of a set that is kept fresh are needed');
set local role rookery_operator;
select is(api.specified_users_set('staff', '{}'), 0::bigint, 'A14: a set may be empty');
select is((select reason from api.decisions where kind = 'empty_set' and about = 'specified users ''staff'''), 'the set has no member', 'A14: which is a warning that is kept');
reset role;
select is_empty('select from ingest.needs', 'A5: and needs nothing then');

-- As in a session that has edited sets before, and keeps the plan of then.
set local plan_cache_mode = force_generic_plan;
set local statement_timeout = '8 s';
select api.specified_users_set('many', array(select generate_series(1, 60000))::bigint[]) \g /dev/null
select lives_ok($$ select api.specified_users_set('many', array(select generate_series(31, 60030))::bigint[]) $$, 'A1: a large set is edited in a time that is no square of its size');
select lives_ok($$ select api.specified_users_remove('many', array(select generate_series(31, 60020))::bigint[]) $$, 'A1: likewise when most of it goes');
reset statement_timeout;
reset plan_cache_mode;
set local role rookery_operator;
select throws_ok($$ select api.specified_users_set('', array[1]) $$, 'RK002', 'stable_key cannot be ""', 'an empty stable key is an error');
select throws_ok($$ select api.specified_users_set(null, array[1]) $$, 'RK002', 'stable_key cannot be ""', 'so is none');
select throws_ok(format('select api.specified_users_set(%L, array[1])', repeat('x', 201)), 'RK002', null, 'so is one of more than 200 characters');
select throws_ok($$ select api.specified_users_set('staff', array[1, 0]) $$, 'RK003', 'user id is not an X id: 0', 'so is an id below 1');
select throws_ok($$ select api.specified_users_set('staff', array[1, null]) $$, 'RK003', 'user id is not an X id: null', 'so is a null among the ids');

select * from finish();
rollback;
