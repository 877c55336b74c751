-- I5: a timeline is read on from the newest post of the last poll that came to its end.
begin;
select plan(8);

create function pg_temp.since_id() returns bigint language sql as $$ select since_id from ingest.subjects where sync_kind = 'posts' $$;
select test.x_list('posts', 7, array[test.posts_page('{19,18}', 'a')]) as run \gset
select is(pg_temp.since_id(), null, 'I5: the newest post is not committed with the first page');
select test.x_answer(:run, test.posts_page('{17}')) \g /dev/null
select is(pg_temp.since_id(), 19::bigint, 'I5: but after the last');

select test.x_list('posts', 7, array[test.posts_page('{29,28}', 'a')], 'incremental') as cut \gset
select is((select since_id from ingest.runs where run_id = :cut), 19::bigint, 'I5: the next run asks for newer ones');
select test.x_answer(:cut, '', 400) \g /dev/null
select is(pg_temp.since_id(), 19::bigint, 'I5: a run that was cut short moves nothing: what it did not read would be lost');
select test.x_list('posts', 7, array[test.posts_page('{29,28}', 'a'), test.posts_page('{27}')], 'incremental') \g /dev/null
select is(pg_temp.since_id(), 29::bigint, 'I5: the next one does');
select test.x_list('posts', 7, array[test.page('[]')], 'incremental') \g /dev/null
select is(pg_temp.since_id(), 29::bigint, 'I5: nothing new moves it no further');

select test.x_list('posts', 7, array[test.posts_page('{39}', 'a')], 'incremental') as widened \gset
select ingest.request_sync('posts', 7, 'full') \g /dev/null
select results_eq(format('select r.since_id, c.page_token, c.page_no from ingest.runs as r join ingest.calls as c using (run_id) where run_id = %s and c.state = ''ready''', :widened),
  'values (null::bigint, null::text, 2)', 'a run that is widened reads from the top, without a bound');
select test.x_answer(:widened, test.posts_page('{39,29,28,27,19,18,17}')) \g /dev/null
select is((select removed_count from ingest.runs where run_id = :widened), 0::bigint, 'and takes nothing for gone');

select * from finish();
rollback;
