-- I5: since_id is the newest post of a poll's first page, and is committed after its last.
begin;
select plan(13);

select simulation.set_now('2026-06-10T12:00:00Z') \g /dev/null
select test.x_list('posts', 7, array[test.posts_page('{50,49}')]) \g /dev/null
create function pg_temp.since_id() returns bigint language sql as $$ select since_id from ingest.subjects where sync_kind = 'posts' $$;
create function pg_temp.asked(p_run_id bigint) returns jsonb language plpgsql as $$
declare
  v_call_id constant bigint := test.x_call(p_run_id);
begin
  return (select query from ingest.calls where call_id = v_call_id);
end $$;
select is(pg_temp.since_id(), 50::bigint, 'a first read leaves its newest post');

-- A crash in the middle
select ingest.request_sync('posts', 7, 'incremental') as run \gset
select test.x_answer(:run, test.posts_page('{57,59,58}', 'more')) \g /dev/null
select is(pg_temp.since_id(), 50::bigint, 'before the last page nothing is committed');
select test.x_call(:run) \g /dev/null
select simulation.advance('1 hour') \g /dev/null
select is(pg_temp.asked(:run) - 'post.fields', '{"since_id": "50", "max_results": "100", "pagination_token": "more"}', 'I4: whoever goes on asks what was asked before');
select test.x_answer(:run, test.posts_page('{56,61}')) \g /dev/null
select is(pg_temp.since_id(), 59::bigint, 'the newest of the first page, in whatever order it comes and whatever comes later');
select ok((select polled_at from ingest.subjects where sync_kind = 'posts') = base.now() - interval '1 hour', 'and a search would go on at the time of that page');

-- A failure in the middle
select ingest.request_sync('posts', 7, 'incremental') as run \gset
select test.x_answer(:run, test.posts_page('{69,68}', 'more')) \g /dev/null
select test.x_answer(:run, '', 400) \g /dev/null
select is((select status from ingest.runs where run_id = :run), 'error', 'a poll that fails');
select is(pg_temp.since_id(), 59::bigint, 'leaves the beginning of the next as it was');

-- A restart in the middle
select ingest.request_sync('posts', 7, 'incremental') as run \gset
select test.x_answer(:run, test.posts_page('{69,68}', 'more')) \g /dev/null
select test.x_answer(:run, '{"errors": [{"parameters": {"pagination_token": ["more"]}}]}', 400) \g /dev/null
select is(pg_temp.asked(:run) - 'post.fields', '{"since_id": "59", "max_results": "100"}', 'I4: a poll that starts over asks from the same post on');
select test.x_answer(:run, test.posts_page('{71,69,68}')) \g /dev/null
select is(pg_temp.since_id(), 71::bigint, 'and the new first page counts');

-- Widened in the middle
select ingest.request_sync('posts', 7, 'incremental') as run \gset
select test.x_answer(:run, test.posts_page('{79,78}', 'more')) \g /dev/null
select is(ingest.request_sync('posts', 7, 'full'), :run::bigint, 'a poll that is made a full read');
select is(pg_temp.asked(:run) - 'post.fields', '{"max_results": "100"}', 'begins anew, without a beginning');
select test.x_answer(:run, test.posts_page('{80,79,78,71}')) \g /dev/null
select is(pg_temp.since_id(), 80::bigint, 'and leaves its newest post');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select * from finish();
rollback;
