-- I5: whom a search takes along, and who is read by timeline.
begin;
select plan(17);

select simulation.set_now('2026-06-10T12:00:00Z') \g /dev/null
select base.change_setting('posts.retweets', 'exclude') \g /dev/null
select test.x_users('{7,8,9,10}') \g /dev/null
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) select 'posts', i, 1, false from generate_series(7, 10) as i;
create function pg_temp.poll(p_author_id bigint, p_ago interval) returns void language sql as $$
  insert into ingest.subjects (sync_kind, subject_id, fresh_at, full_at, polled_at) values ('posts', p_author_id, base.now() - p_ago, base.now() - interval '1 day', base.now() - p_ago);
  select ingest.reschedule('posts', array[p_author_id])
$$;
select pg_temp.poll(7, '6 hours'), pg_temp.poll(8, '5 hours 45 minutes'), pg_temp.poll(9, '5 hours 44 minutes'), ingest.reschedule('posts', '{10}') \g /dev/null
select ingest.plan_runs(100) \g /dev/null
create function pg_temp.runs() returns table (sync_kind text, subject_id bigint, item_ids bigint[], mode text, reason text) language sql as $$
  select sync_kind, subject_id, item_ids, mode, reason from ingest.runs where status = 'in_progress' order by run_id
$$;
select results_eq('select * from pg_temp.runs()', $$ values ('search', null::bigint, '{7,8}'::bigint[], 'incremental', 'due'), ('posts', 10, null, 'full', 'first') $$,
  'I5: who is due is searched for, with who is due soon; who was never read is read by timeline');
select is((select array_agg(subject_id) from ingest.due where sync_kind = 'posts'), '{9}', 'who is due later waits');
select is_empty('select test.broken_runs()', 'the books agree');
select is(array[ingest.open_run_of('posts', 8), ingest.open_run_of('posts', 10), ingest.open_run_of('posts', 9)], (select array_agg(run_id order by run_id) || null::bigint from ingest.runs),
  'a run in progress is found by any of its subjects');

select ingest.reschedule('posts', '{7,8,9,10}') \g /dev/null
select is((select array_agg(subject_id) from ingest.due where sync_kind = 'posts'), '{9}', 'who is being searched for is not due, whatever moved');

-- Requests
select run_id as search from ingest.runs where sync_kind = 'search' \gset
select is(ingest.request_sync('posts', 7, 'incremental'), :search::bigint, 'who asks for what is being searched for gets the search');
select ingest.request_sync('posts', 7, 'full') as whole \gset
select is((select sync_kind || ' ' || mode from ingest.runs where run_id = :whole), 'posts full', 'a full read is a run of its own, since a search cannot be one');
select is_empty('select test.broken_runs()', 'side by side');
select ingest.request_sync('posts', 9, 'incremental') as single \gset
select is((select sync_kind || ' ' || mode from ingest.runs where run_id = :single), 'posts incremental', 'a single author is read by timeline');

-- A failure
select test.x_answer(:search, '{"errors": [{"message": "There were errors processing your request"}]}', 400) \g /dev/null
select results_eq('select subject_id, failure_count from ingest.subjects where sync_kind = ''posts'' and failure_count > 0 order by 1', $$ values (7::bigint, 1), (8, 1) $$, 'a search that fails fails for each of its authors');
select is((select array_agg(subject_id order by subject_id) from ingest.due where sync_kind = 'posts' and due_at > base.now()), '{8}', 'who is not being read besides is due after a back-off');
select simulation.advance('2 minutes') \g /dev/null
select ingest.plan_runs(100) \g /dev/null
select results_eq('select subject_id, mode from pg_temp.runs() where sync_kind = ''posts'' and subject_id = 8', $$ values (8::bigint, 'incremental') $$, 'and then by timeline: one bad author spoils no batch twice');

-- A search that is cancelled, and one that never ends
create function pg_temp.search_again() returns bigint language plpgsql as $$
begin
  update ingest.calls set state = 'cancelled', lease_until = null, answered_at = base.now() where answered_at is null;
  update ingest.runs set status = 'cancelled', completed_at = base.now() where status = 'in_progress';
  delete from ingest.subjects; delete from ingest.due;
  perform pg_temp.poll(7, '6 hours'), pg_temp.poll(8, '6 hours');
  perform ingest.reschedule('posts', '{9,10}');
  perform ingest.start_searches('{7,8}');
  delete from ingest.due where subject_id in (7, 8);
  return (select max(run_id) from ingest.runs where sync_kind = 'search');
end $$;
select ingest.cancel_run(pg_temp.search_again()) as until \gset
select results_eq('select subject_id, due_at from ingest.due where sync_kind = ''posts'' and subject_id in (7, 8) order by 1',
  format('values (7::bigint, %L::timestamptz), (8, %1$L)', base.now() + interval '6 hours'), 'a search that is cancelled is not bought again for any of its authors before a window of freshness');
select is(:'until'::timestamptz, base.now() + interval '6 hours', 'which whoever cancelled it is told');
select pg_temp.search_again() as search \gset
select base.change_setting('run.pages', '1') \g /dev/null
select test.x_answer(:search, test.page('[{"id": "900", "text": "a post", "author_id": "7"}]', 'more')) \g /dev/null
select results_eq(format('select status, cursor_exhausted from ingest.runs where run_id = %s', :search), $$ values ('success', false) $$, 'I5: a search of too many pages is recorded as one that was not read to its end');
select ok(exists (select from base.decisions where decision_kind = 'run_cut_short' and about = 'search of a batch')
  and not exists (select from ingest.find_searchable('{7,8}')), 'E3: which is a decision, and timelines are read next');
select is_empty('select test.broken_runs()', 'the books agree at the end');

select * from finish();
rollback;
