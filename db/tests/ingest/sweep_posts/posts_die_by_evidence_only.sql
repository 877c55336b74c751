begin;
select plan(11);

select test.x_list('posts', 7, array[test.posts_page('{19,18,17,16,15}')]) \g /dev/null
create function pg_temp.alive() returns bigint[] language sql as $$ select array(select post_id from graph.posts where deleted_at is null order by 1) $$;

select test.x_list('posts', 7, array[test.posts_page('{20}')], 'incremental') \g /dev/null
select is(pg_temp.alive(), '{15,16,17,18,19,20}', 'G4: an incremental run is no evidence');
select test.x_list('posts', 7, array[test.posts_page('{20,19}', 'a')]) as cut \gset
select test.x_answer(:cut, '', 400) \g /dev/null
select is(pg_temp.alive(), '{15,16,17,18,19,20}', 'G4: nor is one that was cut short');
select test.x_list('posts', 7, array['{}']) \g /dev/null
select is(pg_temp.alive(), '{15,16,17,18,19,20}', 'G4: nor is an empty page without a meta');

select test.x_list('posts', 7, array[test.posts_page('{20,18}', 'a'), test.posts_page('{17}')]) as run \gset
select is(pg_temp.alive(), '{15,16,17,18,20}', 'G4: a full run to the end marks those between the ones that it saw');
select is((select removed_count from ingest.runs where run_id = :run), 1::bigint, 'I1: and counts them');
select run_id as look_up from ingest.runs where sync_kind = 'post_lookup' \gset
select results_eq(format('select item_ids, reason, mode from ingest.runs where run_id = %s', :look_up), $$ values ('{15,16}'::bigint[], 'evidence', 'full') $$,
  'G4: those older than the oldest seen are looked up by id');
select test.x_answer(:look_up, test.page(jsonb_build_array(test.post_object(16)), null, jsonb_build_array(test.error_object('15', 'not_found')))) \g /dev/null
select is(pg_temp.alive(), '{16,17,18,20}', 'G4: the one that X answers as missing dies');
select results_eq(format('select status, removed_count from ingest.runs where run_id = %s', :look_up), $$ values ('success', 1::bigint) $$, 'I1: the look-up is a run like any other');

select test.x_sync('posts', 7) as last_run \gset
select graph.write_posts(array[test.x_post(19, 7)], null, 50) \g /dev/null
select test.x_answer(:last_run, test.posts_page('{20,16}')) \g /dev/null
select is(pg_temp.alive(), '{16,19,20}', 'I2: a post that an event has shown since the run began stays');

select test.x_list('posts', 7, array[test.page('[]')]) \g /dev/null
select run_id as look_up from ingest.runs where status = 'in_progress' \gset
select is(pg_temp.alive(), '{16,19,20}', 'G4: a timeline that shows nothing is no evidence against any post');
select test.x_answer(:look_up, test.page('[]', null, jsonb_build_array(test.error_object('16', 'protected'), test.error_object('19', 'suspended')))) \g /dev/null
select is(pg_temp.alive(), '{16,19,20}', 'G4: nor is a look-up that is refused, or silent');

select * from finish();
rollback;
