-- I2: an edge that an event has told of since a run began is not swept by it, even though the graph knew it already.
begin;
select plan(5);

select test.x_list('followers', 1, array[test.users_page('{2,3,4}')]) \g /dev/null
select test.x_follow('follow', 4, 1) \g /dev/null
select test.tick() \g /dev/null
select test.x_sync('followers', 1) as run_id \gset
select test.x_call(:run_id) as call_id \gset
select test.x_follow('follow', 2, 1) as told, test.x_follow('unfollow', 3, 1), test.x_follow('follow', 3, 1) as back, test.x_follow('follow', 5, 1) as new \gset
select test.tick() \g /dev/null
select is(test.fate(:told), 'applied: the edge was known', 'I2: an event may tell what is known');
select test.respond(:call_id, test.users_page('{9}')) \g /dev/null
select is(test.x_followers(1), '{2,3,5,9}', 'I2: what events told of since the run began stays, what one told of before is gone');
select is((select removed_count from ingest.runs where run_id = :run_id), 1::bigint, 'I2: one was removed');
select test.x_list('followers', 1, array[test.users_page('{9}')]) \g /dev/null
select is(test.x_followers(1), '{9}', 'I2: the next run is not bound by them');
select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
