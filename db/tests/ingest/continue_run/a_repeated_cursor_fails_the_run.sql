begin;
select plan(6);

select test.x_list('followers', 7, array[test.users_page('{3,2,1}')]) \g /dev/null
select test.x_list('followers', 7, array[test.users_page('{3}', 'a'), test.users_page('{4}', 'b'), test.users_page('{3}', 'a')]) as run \gset
select results_eq(format('select status, error_class, cursor_exhausted, removed_count, error_detail from ingest.runs where run_id = %s', :run),
  $$ values ('error', 'repeated_cursor', null::boolean, 0::bigint, 'page 3 leads to a page that was read before') $$, 'I2: a list that leads back to a page ends the run');
select is(test.x_followers(7), '{1,2,3,4}', 'I2: what came is kept, nothing is deleted');
select results_eq('select failure_count, retry_at > base.now(), fresh_at = base.now() from ingest.subjects where subject_id = 7', 'values (1, true, true)', 'I10: the last success still counts');

select test.x_list('followers', 7, array[test.users_page('{3}', 'a'), test.users_page('{4}', 'a')]) as at_once \gset
select is((select error_class from ingest.runs where run_id = :at_once), 'repeated_cursor', 'a page that leads to itself too');
select test.x_list('followers', 7, array[test.users_page('{3}', 'a'), test.users_page('{4}')]) as clean \gset
select is((select status from ingest.runs where run_id = :clean), 'success', 'cursors of other runs are no matter');
select is(test.x_followers(7), '{3,4}', 'I2: and then the list is what X says');

select * from finish();
rollback;
