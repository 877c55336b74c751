begin;
select plan(14);

select test.x_users('{1,2}') \g /dev/null
select graph.write_users(array[test.x_profile(1, 'Alice')], 5) \g /dev/null
select graph.write_users(array[test.x_profile(2, 'aLICE')], 6) \g /dev/null
select is(test.x_handles('{1,2}'), '{null,aLICE}', 'G3: who arrives with a handle has it, and who held it, in whatever case, has none');
select is(test.x_transitions(5), '{1: user_1 > Alice}', 'G3: every transition is one row of history');
select is(test.x_transitions(6), '{1: Alice > -,2: user_2 > aLICE}', 'G3: a loss is one too');
select ok(bool_and(changed_at = base.now()), 'G3: with its time') from graph.handle_changes;
select results_eq(
  $$ select user_id, change from graph.user_changes where run_id = 6 order by user_id $$, $$ values (1::bigint, 'changed'), (2, 'changed') $$,
  'G7: a changed user and the loser are logged, once each');

select graph.write_users(array[test.x_profile(2, 'aLICE')], 7) \g /dev/null
select is(test.x_transitions(7), null, 'G3: seen again unchanged, nobody writes history');

select graph.write_users(array[test.x_profile(2, 'Alice')], 8) \g /dev/null
select is(test.x_handles('{1,2}'), '{null,Alice}', 'G3: a change of case is one of the display form');
select is(test.x_transitions(8), '{2: aLICE > Alice}', 'G3: of the same holder, in the history');

select graph.write_users(array[test.x_profile(3, 'ALICE')], 9) \g /dev/null
select is(test.x_handles('{2,3}'), '{null,ALICE}', 'G3: a user who is new takes a handle like any other');
select is(test.x_transitions(9), '{2: Alice > -}', 'G3: and has no history before the first sight');

select graph.write_users(array[test.x_profile(1, 'back')], 10) \g /dev/null
select is(test.x_transitions(10), '{1: - > back}', 'G3: who had none gets one');

select graph.write_users(array[test.x_profile(1, null, 'renamed')], 11) \g /dev/null
select is(test.x_handles('{1}'), '{back}', 'a handle that is not said stays');

select graph.write_users(array[test.x_profile(4, 'É'), test.x_profile(5, 'x')], 12) \g /dev/null
select lives_ok($$ select graph.write_users(array[test.x_profile(5, 'É')], 13) $$, 'G3: a letter that only some locales fold breaks nothing');
select throws_like($$ insert into graph.users (user_id, handle) values (9, 'BACK') $$, '%a_handle_has_one_holder%', 'G3: a constraint keeps it so');

select * from finish();
rollback;
