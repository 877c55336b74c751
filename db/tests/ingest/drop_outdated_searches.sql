-- I5: a search that waited too long, or that X has learned to answer without authors, is not sent.
begin;
select plan(14);

select simulation.set_now('2026-06-10T12:00:00Z') \g /dev/null
select base.change_setting('posts.retweets', 'exclude') \g /dev/null
select test.x_users('{7,8}') \g /dev/null
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('posts', 7, 1, false), ('posts', 8, 1, false);
insert into ingest.subjects (sync_kind, subject_id, fresh_at, full_at, polled_at)
select 'posts', i, base.now() - interval '6 hours', base.now() - interval '6 hours', base.now() - interval '6 hours' from unnest('{7,8}'::bigint[]) as i;
create function pg_temp.class_of_last() returns text language sql as $$ select coalesce(error_class, status) from ingest.runs where sync_kind = 'search' order by run_id desc limit 1 $$;
create function pg_temp.out() returns text[] language sql as $$ select array(select path from ingest.calls where state = 'claimed' order by call_id) $$;

select ingest.reschedule('posts', '{7,8}') \g /dev/null
select ingest.plan_runs(10) \g /dev/null
select is(pg_temp.class_of_last(), 'in_progress', 'a search waits to be sent');
select simulation.advance('153 hours') \g /dev/null
select ingest.drop_outdated_searches() \g /dev/null
select is(pg_temp.class_of_last(), 'in_progress', 'I5: as long as X would go back so far');
update ingest.calls set state = 'claimed', lease_until = base.now() + interval '3 hours', claimed_at = base.now() where state = 'ready';
select simulation.advance('2 hours') \g /dev/null
select ingest.drop_outdated_searches() \g /dev/null
select is(pg_temp.class_of_last(), 'in_progress', 'one that is out is waited for');
select ingest.return_call(call_id, base.now()) from ingest.calls where state = 'claimed' \g /dev/null
select ingest.drop_outdated_searches() \g /dev/null
select is(pg_temp.class_of_last(), 'search_outdated', 'I5: one that X would refuse ends, by the age of its since_id');
select is((select state from ingest.calls), 'failed', 'and is not sent');
select results_eq('select subject_id, failure_count from ingest.subjects where sync_kind = ''posts'' order by 1', $$ values (7::bigint, 1), (8, 1) $$, 'all its authors have failed');
select ok(exists (select from base.decisions where decision_kind = 'run_failed' and about = 'search of a batch' and reason = 'search_outdated'), 'E3: which is a decision');
select is((select array_agg(distinct sync_kind) from ingest.completions), '{posts}', 'those who need their posts are told');
select results_eq('select subject_id, due_at = (select retry_at from ingest.subjects as s where s.sync_kind = d.sync_kind and s.subject_id = d.subject_id) from ingest.due as d where sync_kind = ''posts'' order by 1',
  $$ values (7::bigint, true), (8, true) $$, 'and they are due after the back-off');
select simulation.advance('2 minutes') \g /dev/null
select test.tick() \g /dev/null
select is(pg_temp.out(), array['/2/users/7/tweets', '/2/users/8/tweets'], 'by timeline');
select test.answer('/2/users/7/tweets', test.posts_page('{}')), test.answer('/2/users/8/tweets', test.posts_page('{}')) \g /dev/null

-- X refuses the old words, which alone name the author
select simulation.advance('6 hours') \g /dev/null
select test.tick() \g /dev/null
select is(pg_temp.out(), '{/2/tweets/search/recent}', 'in good order they are searched for again');
select test.answer('/2/tweets/search/recent', '{"errors": [{"message": "The query parameter [tweet.fields] is not one of […]"}]}', 400) \g /dev/null
select test.tick() \g /dev/null
select is(pg_temp.class_of_last(), 'search_outdated', 'a search that would not say who wrote what is not sent');
select simulation.advance('2 minutes') \g /dev/null
select test.tick() \g /dev/null
select is(pg_temp.out(), array['/2/users/7/tweets', '/2/users/8/tweets'], 'timelines are read from now on');
select is_empty('select test.broken_runs()', 'the books agree');

select * from finish();
rollback;
