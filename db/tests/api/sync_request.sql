begin;
select plan(21);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (1, 2), (1, 3), (4, 1);
insert into test.world_posts values (101, 1), (102, 1);

set local role rookery_operator;
select api.sync_request('followers', 1) as run_id \gset
select is((select (sync_kind, subject_id, mode, status)::text from api.runs where run_id = :run_id), '(followers,1,full,in_progress)', 'I3: the first run of a list is full, whatever was asked for');
select is(api.sync_request('followers', 1), :run_id::bigint, 'I1: the run in progress is the one that was asked for');
reset role;
select test.play() \g /dev/null
select is((select (status, cursor_exhausted, resources)::text from api.runs where run_id = :run_id), '(success,t,2)', 'a requested run runs, though no root needs it');

set local role rookery_operator;
select api.sync_request('followers', 1) as run_id \gset
select is((select (mode, reason)::text from api.runs where run_id = :run_id), '(incremental,requested)', 'I3: later ones are incremental');
select is(api.sync_request('followers', 1, 'full'), :run_id::bigint, 'one that is asked to be full is the same run');
select is((select mode from api.runs where run_id = :run_id), 'full', 'made full');
reset role;
select test.play() \g /dev/null

set local role rookery_operator;
select api.sync_request('following', 1) as following, api.sync_request('posts', 1) as posts, api.sync_request('users', 4) as users \gset
reset role;
select test.play() \g /dev/null
select is((select array_agg(status || ' ' || resources order by run_id) from api.runs where run_id in (:following, :posts, :users)), '{"success 1","success 2","success 1"}',
  'there are syncs of following, posts and users');
select is((select item_ids from api.runs where run_id = :users), '{4}', 'a sync of users is of one profile');
select is((select count(*) from api.posts where author_id = 1), 2::bigint, 'its rows are there');

-- A subject that X does not know
set local role rookery_operator;
select api.sync_request('followers', 404) as run_id \gset
reset role;
select test.play() \g /dev/null
select is((select (status, error_class)::text from api.runs where run_id = :run_id), '(error,subject_not_found)', 'G2: a list of nobody fails');
set local role rookery_operator;
select ok(api.sync_request('followers', 404) > :run_id, 'I6: asked again, it is a run of its own');
reset role;
select is(test.play(), 0::bigint, 'I6: which buys nothing before the back-off has passed');

set local role rookery_operator;
select throws_ok($$ select api.sync_request('likes', 1) $$, 'RK008', 'there is no sync kind ''likes''', 'an unknown kind of sync is an error');
select throws_ok($$ select api.sync_request('handles', 1) $$, 'RK008', 'there is no sync kind ''handles''', 'so is one that is not for asking');
select throws_ok($$ select api.sync_request(null, 1) $$, 'RK008', 'there is no sync kind null', 'so is none');
select throws_ok($$ select api.sync_request('posts', 1, 'partial') $$, 'RK008', 'there is no sync mode ''partial''', 'so is an unknown mode');
select throws_ok($$ select api.sync_request('posts', 1, null) $$, 'RK008', 'there is no sync mode null', 'so is no mode');
select throws_ok($$ select api.sync_request('posts', 0) $$, 'RK003', 'subject is not an X id: 0', 'so is an id out of range');
select throws_ok($$ select api.sync_request('posts', null) $$, 'RK003', 'subject is not an X id: null', 'so is no id');
select matches(test.hint_of($$ select api.sync_request('likes', 1) $$), 'followers, following, posts, users', 'the hint lists the kinds');
reset role;
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
