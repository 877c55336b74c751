begin;
select plan(12);

select test.x_users('{1,2,3,4}') \g /dev/null
select is(graph.write_follows('{1,1,1}', '{2,3,2}', 5), 2, 'G5: an edge seen twice is one edge');
select results_eq('select follower_id, change, run_id from graph.follow_changes order by 1', $$ values (2::bigint, 'added', 5::bigint), (3, 'added', 5) $$,
  'G7: the log names the run that brought it');
select ok(bool_and(f.change_id = c.change_id), 'an edge points at its last change') from graph.follows as f join graph.follow_changes as c using (target_id, follower_id);

create temp table before on commit drop as select *, ctid as version from graph.follows;
select is(graph.write_follows('{1,1}', '{2,3}', 6), 0, 'G8: edges that are there change nothing');
select is_empty('select * from before as b join graph.follows as f using (target_id, follower_id) where f.ctid <> b.version', 'G8: they have no new row version');
select is_empty('select * from graph.follow_changes where run_id = 6', 'G8: and write no log');

select graph.remove_follows('{1}', '{2}', 7) \g /dev/null
select is(graph.write_follows('{1,1}', '{2,4}', 8), 2, 'G4: an edge that comes back counts like a new one');
select ok(deleted_at is null and first_seen_at = base.now(), 'G4: it is alive') from graph.follows where target_id = 1 and follower_id = 2;
select results_eq('select follower_id, change from graph.follow_changes where run_id = 8 order by 1', $$ values (2::bigint, 'revived'), (4, 'added') $$,
  'G4: the log tells it from a new one');
select is(graph.write_follows('{1}', '{1}', 9), 0, 'nobody follows themselves');
select throws_ok('select graph.write_follows(''{1}'', ''{99}'', 9)', '23503', null, 'G2: both ends are hydrated');

select test.x_users('{21,22,23,24,25,26}') \g /dev/null
select graph.write_follows('{21,21,21,21,21}', '{24,22,26,23,25}', 10) \g /dev/null
select results_eq('select follower_id from graph.follow_changes where run_id = 10 order by change_id', $$ values (22::bigint), (23), (24), (25), (26) $$,
  'E4: the same page gets the same positions, in the order of ids and not of a plan');

select * from finish();
rollback;
