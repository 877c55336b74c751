begin;
select plan(11);

select graph.write_users(array_agg(test.x_profile(i, 'user_' || i)), 1) from generate_series(1, 20) as i \g /dev/null
select test.enable('segment_followers', '1') as one, test.enable('segment_followers', '2') as two \gset
select asset.take_changes(1000) \g /dev/null
delete from asset.marks;

select is(asset.take_changes(1000), false, 'a log without news has nothing more to read');
select graph.write_follows(array[1, 1, 2, 9], array[3, 4, 5, 6], 7) \g /dev/null
select is(asset.take_changes(1000), false, 'one read takes all that is new');
select results_eq(
  'select instance_id, cause, cause_id, subject_id from asset.marks order by subject_id',
  format($$ values (%s::bigint, 'change', 7::bigint, 1::bigint), (%s, 'change', 7, 2) $$, :one, :two),
  'A6: who reads a list that changed is looked at, once for each list and however many the changes; nobody else is');
select is((select revision from asset.marks where subject_id = 1), (select max(change_id) from graph.follow_changes where target_id = 1), 'A6: with the last change of it');
select is((select position from asset.log_position), graph.last_change_id(), 'what was read is not read again');

-- A bounded number of rows at a time
delete from asset.marks;
select graph.write_follows(array_fill(1, array[10]), array(select generate_series(7, 16))::bigint[], 8) \g /dev/null
select position as before from asset.log_position \gset
select is(asset.take_changes(4), true, 'E1: what is read in one step is bounded, and the rest waits');
select is((select count(*) from graph.follow_changes, asset.log_position where change_id > :before and change_id <= position), 4::bigint, 'E1: for exactly as many rows as asked');
select is(asset.take_changes(4), true, 'E1: for the next step');
select is(asset.take_changes(4), false, 'E1: until the end is reached');
select is((select count(*) from asset.marks where instance_id = :one), 3::bigint, 'A6: nothing is passed over');
select is((select max(revision) from asset.marks), graph.last_change_id(), 'A6: up to the last change');

select * from finish();
rollback;
