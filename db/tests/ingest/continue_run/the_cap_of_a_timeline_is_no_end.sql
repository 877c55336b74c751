begin;
select plan(8);

select base.change_setting('timeline.cap', '4') \g /dev/null
select test.x_list('posts', 7, array[test.posts_page('{19,18}', 'a'), test.posts_page('{17,16}', 'b')]) as run \gset
select results_eq(format('select status, cursor_exhausted, page_count from ingest.runs where run_id = %s', :run), $$ values ('success', false, 2) $$,
  'I5: the cap is recorded as a list that was not read to its end');
select is((select full_at from ingest.subjects), base.now(), 'I5: more than the cap cannot be had');

select graph.write_posts(array[test.x_post(5, 7)], null, 1) \g /dev/null
select test.x_list('posts', 7, array[test.posts_page('{19,17}', 'a'), test.posts_page('{16,15}')]) as second \gset
select results_eq(format('select cursor_exhausted, removed_count from ingest.runs where run_id = %s', :second), 'values (false, 1::bigint)',
  'I5: also where X gives no token behind it; G4: a post between those seen is gone');
select is((select array_agg(post_id) from graph.posts where deleted_at is not null), '{18}', 'G4: the one that was not seen');

select is_empty($$ select * from ingest.runs where sync_kind = 'post_lookup' $$, 'G4: and no doubt falls on what is behind the cap');
select test.x_list('posts', 7, array[test.page('[{"id": "19", "text": "x"}, {"id": "16", "text": "x"}]', 'a', '[{"message": "Over capacity"}]'), test.posts_page('{15,14}', 'b')]) as partial \gset
select results_eq(format('select cursor_exhausted, removed_count from ingest.runs where run_id = %s', :partial), 'values (false, 0::bigint)', 'I2: a partial answer deletes nothing, cap or not');

select test.x_sync('posts', 7) as restarted \gset
select test.x_answer(:restarted, test.posts_page('{19,17,16}', 'a')) \g /dev/null
select test.x_answer(:restarted, '{"errors": [{"parameters": {"pagination_token": ["a"]}}]}', 400) \g /dev/null
select test.x_answer(:restarted, test.posts_page('{19,17,16}', 'a')) \g /dev/null
select is((select status from ingest.runs where run_id = :restarted), 'in_progress', 'what was read before a restart does not count towards the cap');
select test.x_answer(:restarted, test.posts_page('{15}')) \g /dev/null
select is((select status from ingest.runs where run_id = :restarted), 'success', 'the new sweep does');

select * from finish();
rollback;
