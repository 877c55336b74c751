begin;
select plan(13);

insert into test.world_users values (1, 'Jack'), (2, 'Jill');
set local role rookery_operator;
select throws_ok($$ select api.users_look_up('{@Jack}') $$, 'RK051',
  'nobody here is known as @jack, and nobody would ask X now: no worker ticks: none ever has', 'E3: without a worker nothing is asked');
select is_empty('select * from api.runs', 'W4: and nothing is queued');
reset role;
select test.tick() \g /dev/null
select simulation.advance('61 s') \g /dev/null
set local role rookery_operator;
select throws_ok($$ select api.users_look_up('{@Jack}') $$, 'RK051', null, 'E6: a worker of a minute ago is none');
reset role;
select test.tick() \g /dev/null

set local role rookery_operator;
select api.users_look_up('{@Jack, 77, https://x.com/jill, JACK}') as run_ids \gset
select results_eq('select run_id, handles, reason from api.runs', format($$ values (%L::bigint, '{jack,jill}'::text[], 'requested') $$, trim(both '{}' from :'run_ids')),
  'I6: those who are not known are asked for at once');
select is(api.users_look_up('{@jack}'), :'run_ids'::bigint[], 'I9: who is being asked for is not asked for again');
select throws_ok($$ select api.users_look_up('{two words}') $$, 'RK011', null, 'what names no user is an error');
reset role;
select test.play() \g /dev/null
select is(array(select user_id from api.users_find('{jack, jill}')), '{1,2}', 'G3: then they are known');
select is(api.users_look_up('{@jack, jill, 5}'), '{}', 'I9: and nothing is asked for');
select is(api.users_look_up('{}'), '{}', 'nor for nobody');

select cardinality(api.users_look_up(array(select 'user_' || i from generate_series(1, 230) as i))) as run_count \gset
select is(:run_count, 3, 'I6: a hundred at once');
select test.play() \g /dev/null

-- The provider does not sell.
select api.users_look_up('{@somebody}') \g /dev/null
select test.tick() \g /dev/null
select test.answer('/2/users/by', '{"title": "CreditsDepleted"}', 402) \g /dev/null
select throws_ok($$ select api.users_look_up('{@nobody}') $$, 'RK051',
  'nobody here is known as @nobody, and nobody would ask X now: nothing is bought from x_v2 since 2026-03-02 00:01:01Z: A 402: the credits are used up.',
  'I8: nor while nothing is bought');
select is((select count(*) from api.runs where 'nobody' = any (handles)), 0::bigint, 'W4: nothing is queued then');
select is(test.hint_of($$ select api.users_look_up('{@nobody}') $$),
  'Give the id, or mend that: start a worker, and say provider_resume once X sells again.', 'the way out is said');

select * from finish();
rollback;
