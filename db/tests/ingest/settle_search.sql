-- I5: what an ended search says of each of its authors.
begin;
select plan(16);

select simulation.set_now('2026-06-10T12:00:00Z') \g /dev/null
select base.change_setting('posts.retweets', 'exclude') \g /dev/null
select test.x_users('{7,8,9}') \g /dev/null
create function pg_temp.start() returns bigint language plpgsql as $$
begin
  delete from ingest.subjects;
  insert into ingest.subjects (sync_kind, subject_id, fresh_at, full_at, polled_at, since_id)
  select 'posts', i, base.now() - interval '6 hours', base.now() - interval '1 day', base.now() - interval '6 hours', 50 from unnest('{7,8}'::bigint[]) as i;
  perform ingest.start_searches('{7,8}');
  return (select max(run_id) from ingest.runs);
end $$;
create function pg_temp.id(p_ago interval, p_low bigint) returns bigint language sql as $$ select ingest.x_v2_id_at(base.now() - p_ago) + p_low $$;
create function pg_temp.found(p_ids bigint[], p_author_ids bigint[]) returns jsonb language sql as $$
  select jsonb_agg(test.post_object(i) || jsonb_build_object('author_id', a::text) order by i desc) from unnest(p_ids, p_author_ids) as p (i, a)
$$;
create function pg_temp.subjects() returns table (subject_id bigint, since_id bigint, polled_at timestamptz) language sql as $$
  select subject_id, since_id, polled_at from ingest.subjects where sync_kind = 'posts' order by subject_id
$$;

select pg_temp.start() as run \gset
select test.x_call(:run) \g /dev/null
select base.now() as asked_at, pg_temp.id('1 hour', 1) as a, pg_temp.id('2 hours', 2) as b, pg_temp.id('10 s', 3) as young \gset
select test.x_answer(:run, test.page(pg_temp.found(array[:a, :young], '{7,7}'), 'more')) \g /dev/null
select simulation.advance('5 minutes') \g /dev/null
select results_eq('select * from pg_temp.subjects()', format('values (7::bigint, 50::bigint, %L::timestamptz), (8, 50, %1$L)', base.now() - interval '6 hours 5 minutes'), 'I5: before its last page it says nothing');
select test.x_answer(:run, test.page(pg_temp.found(array[:b], '{7}'))) \g /dev/null
select results_eq('select * from pg_temp.subjects()', format('values (7::bigint, %s::bigint, %L::timestamptz), (8, 50, %2$L)', :a, :'asked_at'),
  'I5: then each was polled when its first page was asked for; a timeline would go on at the newest post that no late one can precede');
select results_eq('select distinct fresh_at, full_at from ingest.subjects where sync_kind = ''posts''', format('values (base.now(), %L::timestamptz)', base.now() - interval '1 day 5 minutes'), 'I3: it is fresh, and no full read');
select is((select array_agg(post_id order by post_id) from graph.posts where deleted_at is null), array[:b, :a, :young]::bigint[], 'every post is kept');

-- What ended otherwise
select pg_temp.start() as run \gset
select test.x_answer(:run, '{}') \g /dev/null
select results_eq('select status, cursor_exhausted from ingest.runs where run_id = ' || :run, $$ values ('success', false) $$, 'an empty page without a meta proves no end');
select results_eq('select since_id, polled_at from pg_temp.subjects()', $$ select 50::bigint, base.now() - interval '6 hours' from generate_series(1, 2) $$, 'and the next search begins at the same place');
select pg_temp.start() as run \gset
select test.x_answer(:run, test.page(pg_temp.found(array[:a], '{7}'), 'more')) \g /dev/null
select ingest.finish_run(r, false, true) from ingest.runs as r where run_id = :run \g /dev/null
select is((select cursor_exhausted from ingest.runs where run_id = :run), false, 'I5: a search that was cut short is recorded as such');
select results_eq('select since_id, polled_at from pg_temp.subjects()', $$ select 50::bigint, null::timestamptz from generate_series(1, 2) $$, 'and timelines follow, from where they were');
update ingest.calls set state = 'cancelled', answered_at = base.now() where answered_at is null;

select pg_temp.start() as run \gset
select test.x_answer(:run, test.page(pg_temp.found(array[:a], '{7}'), 'more')) \g /dev/null
select is((select status from ingest.runs where run_id = :run), 'in_progress', 'a page of posts that are known is no reason to stop: those of another author may follow');
select test.x_answer(:run, test.page('[]')) \g /dev/null

-- Authors
select pg_temp.start() as run \gset
select test.x_answer(:run, test.page(pg_temp.found(array[:a, pg_temp.id('3 hours', 4), pg_temp.id('3 hours', 5)], '{7,66,9}'))) \g /dev/null
select results_eq('select reason, raw ->> ''author_id'' from ingest.rejects where run_id = ' || :run, $$ values ('its author is not hydrated', '66') $$, 'I5: a post by an unexpected author who is no user here is set aside');
select is((select author_id from graph.posts where post_id = pg_temp.id('3 hours', 5)), 9::bigint, 'and kept where he is');
select is_empty('select from ingest.subjects where sync_kind = ''posts'' and subject_id not in (7, 8)', 'which says nothing of his other posts');
select pg_temp.start() as run \gset
select test.x_answer(:run, test.page(jsonb_build_array(test.post_object(pg_temp.id('4 hours', 6))))) \g /dev/null
select results_eq('select reason from ingest.rejects where run_id = ' || :run, $$ values ('its author is not named') $$, 'a post that does not say who wrote it is set aside too');

-- A refused cursor, and a crash on the way
select pg_temp.start() as run \gset
select test.x_answer(:run, test.page(pg_temp.found(array[:a], '{7}'), 'more')) \g /dev/null
select simulation.advance('1 hour') \g /dev/null
select test.x_answer(:run, '{"errors": [{"parameters": {"next_token": ["more"]}}]}', 400) \g /dev/null
select test.x_call(:run), base.now() as asked_at \gset
select test.x_answer(:run, test.page(pg_temp.found(array[:a], '{7}'))) \g /dev/null
select is((select polled_at from pg_temp.subjects() limit 1), :'asked_at'::timestamptz, 'I4: after a restart the poll counts from the new first page');
select results_eq('select status, restart_count from ingest.runs where run_id = ' || :run, $$ values ('success', 1) $$, 'and the run says that there was one');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select * from finish();
rollback;
