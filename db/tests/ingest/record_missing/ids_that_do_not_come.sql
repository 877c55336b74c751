-- I6
begin;
select plan(13);

select test.x_users('{3,4}') \g /dev/null
select ingest.start_lookups('users', '{1,2,3,4,5,6}', 'due') as runs \gset
select (:'runs'::bigint[])[1] as run \gset
select test.x_answer(:run, test.page(
  jsonb_build_array(test.user_object(1), test.user_object(2), test.user_object(6) - 'username'), null,
  jsonb_build_array(test.error_object('3', 'suspended'), test.error_object('4', 'not_found')))) \g /dev/null

select is((select status from ingest.runs where run_id = :run), 'success', 'I6: ids that are missing do not block the others');
select results_eq('select user_id from graph.users where deleted_at is null order by 1', '{1,2}'::bigint[], 'I6: who came is a user');
select results_eq('select item_key::bigint, reason, ask_again_at from ingest.missing order by 1',
  $$ values (3::bigint, 'suspended', base.now() + interval '24 hours'), (4, 'not_found', base.now() + interval '24 hours'),
            (5, 'not_returned', base.now() + interval '24 hours'), (6, 'not_returned', base.now() + interval '24 hours') $$,
  'I6: the others are missing, with X''s reason where there is one; what could not be read is missing too');
select results_eq('select user_id, gone_reason from graph.users where deleted_at is not null order by 1', $$ values (3::bigint, 'suspended'), (4, 'not_found') $$, 'G4: users whom X names are gone');
select is((select count(*) from ingest.subjects where refused_at = base.now()), 4::bigint, 'their profiles were refused');
select is((select count(*) from base.decisions where decision_kind = 'subject_refused'), 4::bigint, 'E3: which is a decision each');

select ingest.request_sync('followers', 5, 'full') as early \gset
select results_eq(format('select status, error_class from ingest.runs where run_id = %s', :early), $$ values ('error', 'subject_not_found') $$, 'I6: before the back-off has passed it is not asked for again');
select is_empty('select from ingest.runs where status = ''in_progress''', 'nor looked up');
select simulation.advance('24 hours') \g /dev/null
select ingest.request_sync('followers', 5, 'full') as late \gset
select test.tick() as calls \gset
select is(:'calls'::jsonb #>> '{0,query,ids}', '5', 'I6: then it is');
select test.answer('/2/users', test.users_page('{5}')) \g /dev/null
select is((select count(*) from ingest.missing where item_key = '5'), 0::bigint, 'who comes is missing no more');
select is((select state from ingest.calls where run_id = :late), 'ready', 'and the run that waited goes on');

select ingest.start_lookups('users', '{3}', 'due') \g /dev/null
select test.tick() \g /dev/null
select test.answer('/2/users', test.users_page('{3}')) \g /dev/null
select results_eq('select u.deleted_at, s.refused_at from graph.users as u join ingest.subjects as s on s.sync_kind = ''users'' and s.subject_id = u.user_id where user_id = 3',
  'values (null::timestamptz, null::timestamptz)', 'G4: who comes back is back');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select * from finish();
rollback;
