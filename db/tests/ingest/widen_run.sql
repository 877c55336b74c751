-- A call that is out when its run is widened asked for less than the run is to read.
begin;
select plan(7);

select test.x_list('posts', 7, array[test.posts_page('{19,18}')]) \g /dev/null
select test.x_sync('posts', 7, 'incremental') as run \gset
select test.x_call(:run) as call \gset
select ingest.request_sync('posts', 7, 'full') \g /dev/null
select is(test.respond(:call, test.posts_page('{29}')) ->> 'recorded', 'false', 'its answer is not the first page of the full run');
select test.x_answer(:run, test.posts_page('{29,19,18}')) \g /dev/null
select results_eq(format('select mode, status, page_count from ingest.runs where run_id = %s', :run), $$ values ('full', 'success', 1) $$, 'the list is read from its top');
select is_empty($$ select * from ingest.runs where sync_kind = 'post_lookup' $$, 'G4: and casts no doubt on older posts');

-- Nor does one that was out, and may still be answered.
select test.x_sync('posts', 7, 'incremental') as run \gset
select test.x_call(:run) as call \gset
select simulation.advance(base.setting_interval('call.lease')), ingest.reap_calls(), ingest.request_sync('posts', 7, 'full') \g /dev/null
select is(test.respond(:call, test.posts_page('{39}')) ->> 'recorded', 'false', 'I7: what comes late for the shorter query is not the first page either');
select test.x_answer(:run, test.posts_page('{39,29,19,18}')) \g /dev/null
select is_empty($$ select * from ingest.runs where sync_kind = 'post_lookup' $$, 'G4: and casts no doubt');

-- Small pages are for what is new.
select test.x_list('followers', 7, array[test.users_page('{3,2,1}')]) \g /dev/null
select test.x_sync('followers', 7, 'incremental') as run \gset
select test.x_answer(:run, test.users_page('{5,4}', 'more')) \g /dev/null
select ingest.request_sync('followers', 7, 'full') \g /dev/null
select test.tick() -> 0 -> 'query' as query \gset
select is(:'query'::jsonb - 'user.fields', '{"max_results": "1000"}', 'I9: a list that is read to its end is read in large pages, from its top');
select test.x_answer(:run, test.users_page('{5,4,3,2}')) \g /dev/null
select is(test.x_followers(7), '{2,3,4,5}', 'I2: and tells who is gone');

select * from finish();
rollback;
