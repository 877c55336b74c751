begin;
select plan(6);

select graph.write_users(array[test.x_profile(1, 'a'), test.x_profile(2, 'b'), test.x_profile(3, 'c')], 1) \g /dev/null
select is(graph.write_users(array[test.x_profile(1, 'b'), test.x_profile(2, 'C'), test.x_profile(3, 'a')], 2), 0, 'G3: three handles go round inside one page');
select is(test.x_handles('{1,2,3}'), '{b,C,a}', 'G3: each user has the new one');
select is(test.x_transitions(2), '{1: a > b,2: b > C,3: c > a}', 'G3: with one transition each');
select results_eq('select user_id, change from graph.user_changes where run_id = 2 order by 1',
  $$ values (1::bigint, 'changed'), (2, 'changed'), (3, 'changed') $$, 'G7: and one change each');

select graph.write_users(array[test.x_profile(2, 'b'), test.x_profile(4, 'a'), test.x_profile(3, 'c')], 3) \g /dev/null
select is(test.x_handles('{1,2,3,4}'), '{null,b,c,a}', 'G3: a new user in the chain, and a loser outside the page');
select is(test.x_transitions(3), '{1: b > -,2: C > b,3: a > c}', 'G3: with the history that this makes');

select * from finish();
rollback;
