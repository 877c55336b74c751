begin;
select plan(8);

select test.x_users('{1,2,3}') \g /dev/null
select graph.write_follows('{1,1}', '{2,3}', 5) \g /dev/null
select is(graph.remove_follows('{1,1,3}', '{2,9,1}', 6), 1, 'G4: of these pairs, one was an edge');
select is(test.x_followers(1), '{3}', 'G4: it is dead');
select is((select deleted_at from graph.follows where follower_id = 2), base.now(), 'G4: softly, and it is known since when');
select results_eq('select follower_id, change from graph.follow_changes where run_id = 6', $$ values (2::bigint, 'removed') $$, 'G7: and logged');
select is(graph.remove_follows('{1}', '{2}', 7), 0, 'G8: an edge dies once');
select is_empty('select * from graph.follow_changes where run_id = 7', 'G8: and is logged once');

select test.x_users('{21,22,23,24,25,26}') \g /dev/null
select graph.write_follows('{21,21,21,21,21}', '{22,23,24,25,26}', 8) \g /dev/null
select is(graph.remove_follows('{21,21,21,21,21,21}', '{24,22,26,23,25,22}', 9), 5, 'G8: an edge that is named twice dies once');
select results_eq('select follower_id from graph.follow_changes where run_id = 9 order by change_id', $$ values (22::bigint), (23), (24), (25), (26) $$,
  'E4: the same edges get the same positions, in the order of ids and not of a plan');

select * from finish();
rollback;
