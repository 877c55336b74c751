begin;
select plan(7);

select test.x_list('followers', 7, array[test.users_page('{3,2,1}')]) \g /dev/null
select simulation.advance('1 hour') \g /dev/null
select test.x_list('followers', 7, array[test.users_page('{5,4}', 'p2')], 'incremental') as run \gset
select is((select status from ingest.runs where run_id = :run), 'in_progress', 'I2: a page with a new edge is followed by another');
select test.x_answer(:run, test.users_page('{}', 'p3')) \g /dev/null
select is((select status from ingest.runs where run_id = :run), 'in_progress', 'I2: an empty page says nothing');
select test.x_answer(:run, test.users_page('{3,2}', 'p4')) \g /dev/null
select results_eq(format('select status, cursor_exhausted, removed_count from ingest.runs where run_id = %s', :run),
  $$ values ('success', false, 0::bigint) $$, 'I2: the first page that holds no new edge is the last');
select is(test.x_followers(7), '{1,2,3,4,5}', 'I2: what it did not see stays');

select test.x_list('followers', 7, array[test.users_page('{5}')], 'incremental') as short \gset
select results_eq(format('select cursor_exhausted, removed_count from ingest.runs where run_id = %s', :short),
  'values (true, 0::bigint)', 'I2: an incremental run deletes nothing, even if it comes to the end');
select ok((select full_at < fresh_at from ingest.subjects where subject_id = 7), 'I3: and is no full look');

select graph.remove_follows('{7}', '{2}', 99) \g /dev/null
select test.x_list('followers', 7, array[test.users_page('{2}', 'p2')], 'incremental') as revived \gset
select is((select status from ingest.runs where run_id = :revived), 'in_progress', 'an edge that came back is a new one');

select * from finish();
rollback;
