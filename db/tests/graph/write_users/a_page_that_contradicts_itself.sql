begin;
select plan(11);

select is(graph.write_users(array[test.x_profile(1, 'a', 'first'), test.x_profile(2, 'b'), test.x_profile(1, 'a', 'second')], 1), 2,
  'I4: a user twice in one page is one user');
select is((select name from graph.users where user_id = 1), 'second', 'the later sight is the truth');
select is((select count(*) from graph.user_changes where user_id = 1), 1::bigint, 'G7: logged once');

select graph.write_users(array[test.x_profile(3, 'same'), test.x_profile(4, 'SAME')], 2) \g /dev/null
select is(test.x_handles('{3,4}'), '{null,SAME}', 'G3: of two users with one handle in a page, the last has it');
select is(test.x_transitions(2), null, 'G3: at first sight that is no transition');

select graph.write_users(array[test.x_profile(1, 'a', 'second'), test.x_profile(2, 'A')], 3) \g /dev/null
select is(test.x_handles('{1,2}'), '{null,A}', 'G3: also where the first held it before');
select is(test.x_transitions(3), '{1: a > -,2: b > A}', 'G3: the loss is a transition');
select results_eq('select user_id from graph.user_changes where run_id = 3 order by 1', '{1,2}'::bigint[], 'G7: both are logged');

select graph.write_users(array[test.x_profile(1, 'a', 'third'), test.x_profile(2, 'b'), test.x_profile(1, 'c', 'fourth')], 4) \g /dev/null
select is(test.x_handles('{1,2}'), '{c,b}', 'what a user was in an earlier sight of the page counts for nothing');

select graph.write_users(array[test.x_profile(1, 'c', 'fifth'), test.x_profile(2, 'C', 'sixth')], 5) \g /dev/null
select is(test.x_handles('{1,2}'), '{null,C}', 'G3: a loser whose profile changed in the same page');
select results_eq('select user_id, count(*) from graph.user_changes where run_id = 5 group by 1 order by 1', 'values (1::bigint, 1::bigint), (2, 1)', 'G7: is logged once');

select * from finish();
rollback;
