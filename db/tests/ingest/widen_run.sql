-- A call that is out when its run is widened asked for less than the run is to read.
begin;
select plan(3);

select test.x_list('posts', 7, array[test.posts_page('{19,18}')]) \g /dev/null
select test.x_sync('posts', 7, 'incremental') as run \gset
select test.x_call(:run) as call \gset
select ingest.request_sync('posts', 7, 'full') \g /dev/null
select is(test.respond(:call, test.posts_page('{29}')) ->> 'recorded', 'false', 'its answer is not the first page of the full run');
select test.x_answer(:run, test.posts_page('{29,19,18}')) \g /dev/null
select results_eq(format('select mode, status, page_count from ingest.runs where run_id = %s', :run), $$ values ('full', 'success', 1) $$, 'the list is read from its top');
select is_empty($$ select * from ingest.runs where sync_kind = 'post_lookup' $$, 'G4: and casts no doubt on older posts');

select * from finish();
rollback;
