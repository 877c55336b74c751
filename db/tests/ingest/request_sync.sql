begin;
select plan(15);

select test.x_look(7) \g /dev/null
select ingest.request_sync('followers', 7, 'incremental') as run \gset
select results_eq(format('select mode, reason, status, started_at from ingest.runs where run_id = %s', :run),
  $$ values ('full', 'requested', 'in_progress', base.now()) $$, 'I1: a sync is a run; I3: the first of a subject is full');
select results_eq(format('select endpoint, state, page_no from ingest.calls where run_id = %s', :run), $$ values ('followers', 'ready', 1) $$, 'its first page can be asked for');
select is(ingest.request_sync('followers', 7, 'full'), :run::bigint, 'who asks while it is in progress gets the same run');
select isnt(ingest.request_sync('following', 7, 'full'), :run::bigint, 'another kind is another run');

select ingest.request_sync('followers', 8, 'full') as waiting \gset
select is_empty(format('select * from ingest.calls where run_id = %s', :waiting), 'G2: a subject that is no user here waits');
select ingest.request_sync('posts', 8, 'full') \g /dev/null
select results_eq($$ select item_ids from ingest.runs where sync_kind = 'users' $$, $$ values ('{8}'::bigint[]) $$, 'G2: for one look-up, however many lists wait');
select test.tick() \g /dev/null
select test.answer('/2/users', test.users_page('{8}')) \g /dev/null
select is((select count(*) from ingest.calls join ingest.runs using (run_id) where subject_id = 8 and state = 'ready'), 2::bigint, 'then both go on');

select test.x_answer(:run, test.users_page('{9}')) \g /dev/null
select ingest.request_sync('followers', 7, 'incremental') as next \gset
select is((select mode from ingest.runs where run_id = :next), 'incremental', 'a later one is what was asked for');
select is(ingest.request_sync('followers', 7, 'full'), :next::bigint, 'a full one asked for meanwhile');
select is((select mode from ingest.runs where run_id = :next), 'full', 'widens it');

select throws_ok($$ select ingest.request_sync('likes', 7, 'full') $$, 'RK008', 'there is no sync kind ''likes''');
select throws_ok($$ select ingest.request_sync(null, 7, 'full') $$, 'RK008', 'there is no sync kind null');
select throws_ok($$ select ingest.request_sync('posts', 7, 'some') $$, 'RK008', 'there is no sync mode ''some''');
select throws_ok($$ select ingest.request_sync('posts', 0, 'full') $$, 'RK003', 'subject is not an X id: 0');
select is_empty('select test.broken_runs()', 'every run waits for something');

select * from finish();
rollback;
