begin;
select plan(7);

select test.x_list('followers', 7, array[test.users_page('{5,4,3,2,1}')]) \g /dev/null
select test.x_list('following', 1, array[test.users_page('{7}')]) \g /dev/null
select test.x_sync('followers', 7) as run \gset
-- Meanwhile: 2's own list shows the edge, 3 is removed and added again by an event, 6 is added by an event.
select test.x_list('following', 2, array[test.users_page('{7}')]) \g /dev/null
select graph.remove_follows('{7}', '{3}', null, 50), graph.write_follows('{7}', '{3}', null, 51) \g /dev/null
select test.x_users('{6}'), graph.write_follows('{7}', '{6}', null, 52) \g /dev/null
select test.x_answer(:run, test.users_page('{5}')) \g /dev/null

select is((select status from ingest.runs where run_id = :run), 'success', 'the run came to its end');
select is(test.x_followers(7), '{2,3,5,6}', 'I2: what a webhook or another run confirmed since it began stays; what was confirmed before does not');
select results_eq(format('select follower_id from graph.follow_changes where run_id = %s and change = ''removed'' order by 1', :run), '{1,4}'::bigint[], 'G7: the log says who deleted');
select is((select removed_count from ingest.runs where run_id = :run), 2::bigint, 'I1: the run counts it');

select test.x_sync('following', 8) as mirrored \gset
select test.x_users('{9}'), graph.write_follows('{9}', '{8}', null, 53) \g /dev/null
select test.x_list('followers', 7, array[test.users_page('{5}')]) \g /dev/null
select is(test.x_followers(7), '{5}', 'I2: the next full run, with nothing since it began, deletes them');
select test.x_answer(:mirrored, test.users_page('{}')) \g /dev/null
select is(test.x_followers(9), '{8}', 'I2: the same holds for whom somebody follows');

select is_empty('select test.broken_counts()', 'I9: the list is remembered with what stays');

select * from finish();
rollback;
