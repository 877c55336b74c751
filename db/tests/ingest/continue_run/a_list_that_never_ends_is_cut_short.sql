-- I2: a run that cannot come to the end of its list ends all the same, claims nothing, and is not bought again in a loop.
begin;
select plan(29);

create function pg_temp.end_of(p_run_id bigint) returns text language sql as $$
  select format('%s, %s pages, exhausted %s, removed %s', status, page_count, cursor_exhausted, removed_count) from ingest.runs where run_id = p_run_id
$$;
create function pg_temp.mode_of_next(p_sync_kind text, p_after interval) returns text language plpgsql as $$
declare
  v_run_id bigint;
  v_run ingest.runs;
begin
  perform simulation.advance(p_after);
  perform test.x_look(7);
  insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values (p_sync_kind, 7, 1, false);
  v_run_id := (ingest.start_list_runs(p_sync_kind, '{7}'))[1];
  select * into strict v_run from ingest.runs where run_id = v_run_id;
  perform ingest.cancel_run(v_run.run_id);
  delete from ingest.needs;
  return v_run.mode || ' ' || v_run.reason;
end $$;
select test.x_list('followers', 7, array[test.users_page('{3,2,1}')]) \g /dev/null
select simulation.advance('8 days') \g /dev/null

-- So many pages
select base.change_setting('run.pages', '3') \g /dev/null
select test.x_list('followers', 7, array[test.users_page('{4}', 'a'), test.users_page('{5}', 'b')]) as run \gset
select is(pg_temp.end_of(:run), 'in_progress, 2 pages, exhausted , removed 0', 'a page before the cap is followed by another');
select test.x_answer(:run, test.users_page('{6}', 'c')) \g /dev/null
select is(pg_temp.end_of(:run), 'success, 3 pages, exhausted f, removed 0', 'I2: the run ends, and does not say that it has read the list');
select is(test.x_followers(7), '{1,2,3,4,5,6}', 'I2: what came is kept, nothing is deleted');
select results_eq($$ select about, reason, detail ->> 'pages', repeat_count from base.decisions where decision_kind = 'run_cut_short' $$,
  $$ values ('followers of 7', 'it has read as many pages as a run may (run.pages)', '3', 1::bigint) $$, 'E3: which is a decision');
select results_eq('select fresh_at, full_at, full_retry_at, failure_count from ingest.subjects where subject_id = 7',
  $$ values (base.now(), base.now() - interval '8 days', base.now() + interval '24 hours', 0) $$, 'I10: the list is as fresh as can be, but was not read to its end');
select is(pg_temp.mode_of_next('followers', '6 hours'), 'incremental due', 'I9: all of it is not bought again at once');
select is(pg_temp.mode_of_next('followers', '18 hours'), 'full reconcile', 'I3: but tried again');
select test.x_sync('followers', 7) as asked \gset
select is((select mode from ingest.runs where run_id = :asked), 'full', 'I3: or when it is asked for');
select test.x_answer(:asked, test.users_page('{6,5,4,3}')) \g /dev/null
select is(test.x_followers(7), '{3,4,5,6}', 'I2: once it is read to its end, it is the list');
select test.x_list('followers', 7, array[test.users_page('{8}', 'a'), test.users_page('{9}', 'b'), test.users_page('{10}', 'c')], 'incremental') as run \gset
select is(pg_temp.end_of(:run), 'success, 3 pages, exhausted f, removed 0', 'a look at what is new too');
select is(pg_temp.mode_of_next('followers', '7 days'), 'full reconcile', 'I3: which holds up no full one');

-- The first run of a list
select test.x_list('following', 7, array[test.users_page('{4}', 'a'), test.users_page('{5}', 'b'), test.users_page('{6}', 'c')]) \g /dev/null
select is(pg_temp.mode_of_next('following', '6 hours'), 'incremental due', 'I9: a first run that was cut short is not bought again at once');
select is(pg_temp.mode_of_next('following', '24 hours'), 'full first', 'I3: but later');
select base.change_setting('run.pages', '10000') \g /dev/null

-- Empty pages
select base.change_setting('run.empty_pages', '3') \g /dev/null
select test.x_list('followers', 7, array[test.users_page('{}', 'a'), test.users_page('{}', 'b'), test.users_page('{4}', 'c'), test.users_page('{}', 'd'), test.users_page('{}', 'e')]) as run \gset
select is(pg_temp.end_of(:run), 'in_progress, 5 pages, exhausted , removed 0', 'empty pages with a row between them are no row of empty pages');
select test.x_answer(:run, test.users_page('{}', 'f')) \g /dev/null
select is(pg_temp.end_of(:run), 'success, 6 pages, exhausted f, removed 0', 'I2: three in a row end the run');
select is((select reason from base.decisions where decision_kind = 'run_cut_short' and detail ->> 'run_id' = :'run'), 'one empty page leads to the next (run.empty_pages)', 'E3: which is a decision');
select test.x_list('followers', 7, array[test.users_page('{}', 'a'), test.users_page('{}', 'b'), test.users_page('{}')]) as run \gset
select is(pg_temp.end_of(:run), format('success, 3 pages, exhausted t, removed %s', (select removed_count from ingest.runs where run_id = :run)), 'the end of a list is its end, after however many');

-- A last page that does not say that it is the last
select test.x_list('followers', 7, array[test.users_page('{3,2,1}')]) \g /dev/null
select test.x_list('followers', 7, array['{"data": [{"id": "3", "username": "user_3"}, {"id": "4", "username": "user_4"}]}']) as run \gset
select is(pg_temp.end_of(:run), 'success, 1 pages, exhausted f, removed 0', 'I2: a page with rows and without meta is no proof of the end');
select is(test.x_followers(7), '{1,2,3,4}', 'I4: but a page');
select is((select reason from base.decisions where decision_kind = 'run_cut_short' and detail ->> 'run_id' = :'run'), 'its last page does not say that it is the last', 'E3: which is a decision');
select test.x_list('followers', 7, array[test.page(jsonb_build_array(test.user_object(3)), null, '[{"message": "Over capacity"}]')]) \g /dev/null
select is((select full_retry_at from ingest.subjects where sync_kind = 'followers' and subject_id = 7), base.now() + interval '24 hours', 'I9: nor is a list with a hole bought again at once');

-- Posts
select test.x_list('posts', 7, array[test.posts_page('{20,19}')]) \g /dev/null
select test.x_list('posts', 7, array[test.posts_page('{29,28}', 'a'), '{"data": [{"id": "27", "text": "x"}]}'], 'incremental') as run \gset
select results_eq('select since_id, fresh_at from ingest.subjects where sync_kind = ''posts''', 'values (20::bigint, base.now())', 'I5: what lies behind is still to be read: the next poll begins where this one did');
select test.x_list('posts', 7, array[test.posts_page('{29,28}', 'a'), test.posts_page('{27,26}')], 'incremental') \g /dev/null
select is((select since_id from ingest.subjects where sync_kind = 'posts'), 29::bigint, 'I5: and goes on when it was read');

-- In a circle
select simulation.advance('1 day') \g /dev/null
select test.x_list('following', 7, array[test.users_page('{4}', 'a'), test.users_page('{5}', 'a')]) as one, test.x_list('following', 7, array[test.users_page('{4}', 'a'), test.users_page('{5}', 'a')]) as two \gset
select is((select array_agg(status) from ingest.runs where run_id in (:one, :two)), '{error,error}', 'I2: a list that leads in a circle fails the run, and is tried again');
select test.x_list('following', 7, array[test.users_page('{4}', 'a'), test.users_page('{5}', 'a')]) as three \gset
select is(pg_temp.end_of(:three), 'success, 2 pages, exhausted f, removed 0', 'I9: the third time it is taken for what can be had');
select is((select reason from base.decisions where decision_kind = 'run_cut_short' and detail ->> 'run_id' = :'three'), 'its pages lead in a circle', 'E3: which is a decision');
select is(pg_temp.mode_of_next('following', '6 hours'), 'incremental due', 'I9: and no longer bought whole with every try');
select test.x_list('followers', 8, array[test.users_page('{4}', repeat('x', 5000)), test.users_page('{5}', repeat('x', 5000))]) as long \gset
select is((select error_class from ingest.runs where run_id = :long), 'repeated_cursor', 'however long the token is');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select * from finish();
rollback;
