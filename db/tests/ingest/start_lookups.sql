begin;
select plan(23);

select cardinality(ingest.start_lookups('users', array(select generate_series(1, 250)), 'due')) as runs \gset
select is(:runs, 3, 'I6: 250 ids are three look-ups');
select is((select array_agg(cardinality(item_ids) order by run_id) from ingest.runs), '{100,100,50}', 'I6: of at most a hundred');
select is((select array_agg(distinct i) from ingest.runs, unnest(item_ids) as i), array(select generate_series(1, 250))::bigint[], 'I6: each id once');
select is(ingest.start_lookups('users', '{7,7,8}', 'due'), null, 'what is under way is not asked for again');
select ingest.start_lookups('users', '{8,300,300}', 'due') as more \gset
select is(:'more'::bigint[], array(select max(run_id) from ingest.runs), 'I6: only what is new is, in the look-up that has room and was not sent yet');
select is((select item_ids[50:] from ingest.runs order by run_id desc limit 1), '{250,300}', 'I6: which takes it in');
select is((select count(*) from ingest.calls join ingest.runs using (run_id) where item_ids[51] = 300), 1::bigint, 'I6: with one call');
select test.tick() \g /dev/null
select ingest.start_lookups('users', '{301}', 'due') \g /dev/null
select is((select item_ids from ingest.runs order by run_id desc limit 1), '{301}', 'I6: one that is out, or was, takes in no more');
select ingest.release_calls('test worker') \g /dev/null
select ingest.start_lookups('users', array(select generate_series(302, 410)), 'profile') \g /dev/null
select is((select array_agg(cardinality(item_ids) order by run_id) from ingest.runs), '{100,100,51,100,10}', 'I6: what has no room is another look-up, whatever each is for');
select ingest.request_sync('users', 500, 'full') as requested \gset
select ingest.start_lookups('users', array(select generate_series(601, 691)), 'due') \g /dev/null
select is((select item_ids from ingest.runs where run_id = :requested), '{500}', 'who asks for a profile gets that one');
select ingest.start_lookups('post_lookup', '{1,2}', 'evidence'), ingest.start_lookups('post_lookup', '{2,3}', 'evidence') \g /dev/null
select is((select array_agg(item_ids) from ingest.runs where sync_kind = 'post_lookup'), array['{1,2,3}'::bigint[]], 'I6: posts likewise');
select throws_like($$ insert into ingest.runs (sync_kind, item_ids, mode, reason, started_at) select 'users', array_agg(i), 'full', 'due', base.now() from generate_series(1, 101) as i $$,
  '%a_batch_is_at_most_100%', 'I6: a constraint keeps it so');
select p_ids as left_over from ingest.fill_lookups('post_lookup', '{3,4}') \gset
select is(:'left_over' || ' ' || item_ids::text, '{} {1,2,3,4}', 'I6: what somebody else has put there meanwhile is not put there twice') from ingest.runs where sync_kind = 'post_lookup';

-- A look-up for something else
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('users', 701, 1000, false);
select is((select count(*) from ingest.due where subject_id = 701), 1::bigint, 'A5: whom somebody needs is due');
select ingest.start_lookups('users', '{701}', 'leaver') \g /dev/null
select is_empty('select * from ingest.due where subject_id = 701', 'A5: and is not while a look-up is under way, for whatever reason');

-- Two roots, and a budget of one of them
select simulation.set_now('2026-03-10T12:00:00Z'), api.specified_users_set('some', '{801}'), api.specified_users_set('others', '{802}') \g /dev/null
select test.enable('segment_specified_users', 'some') \g /dev/null
update ingest.calls set state = 'cancelled', lease_until = null, answered_at = base.now() where state in ('ready', 'claimed');
select test.tick('w', 0) \g /dev/null
update ingest.runs set payer_ids = '{1}' where item_ids = '{801}';
select test.enable('segment_specified_users', 'others'), test.tick('w', 0), asset.assign_payers(100) \g /dev/null
select results_eq($$ select item_ids, cardinality(payer_ids) from ingest.runs where item_ids && '{801}' $$, $$ values ('{801,802}'::bigint[], 2) $$,
  'I8: who joins a look-up that was not sent yet pays a share of it');
select api.budget_set('everything', 'month', 0.001), test.tick() \g /dev/null
select ok(held_by is not null, 'I8: one that a budget holds') from ingest.calls where state = 'ready';
select cardinality(ingest.start_lookups('users', '{803}', 'due')) as more \gset
select is((select item_ids from ingest.runs order by run_id desc limit 1), '{803}', 'I8: takes in no more, and so keeps nobody back');
select api.budget_set('everything', 'month', 1) \g /dev/null
select is((select count(*) from ingest.calls where state = 'ready' and not_before > base.now()), 0::bigint, 'I8: and goes when there is room');

-- A batch is shared, a budget is not
select api.budget_set('everything', 'month', null), test.tick() \g /dev/null
select api.budget_set('root:' || min(root_id), 'month', 0.001), simulation.advance('25 hours') from asset.roots \g /dev/null
update ingest.calls set state = 'cancelled', lease_until = null, answered_at = base.now() where state in ('ready', 'claimed');
update ingest.runs set status = 'cancelled', completed_at = base.now() where status = 'in_progress';
select ingest.start_lookups('users', '{801,802}', 'due'), asset.assign_payers(100) \g /dev/null
select is((select cardinality(payer_ids) from ingest.runs where status = 'in_progress'), 2, 'I8: two roots share a look-up of which each needs a half');
select test.tick() \g /dev/null
select is(ingest.next_work_at(true), base.now(), 'E2: what it is parted into is tried at once');
select test.tick() \g /dev/null
select results_eq($$ select r.item_ids, cardinality(r.payer_ids), c.state from ingest.runs as r join ingest.calls as c using (run_id) where r.status = 'in_progress' order by 1 $$,
  $$ values ('{801}'::bigint[], 1, 'ready'), ('{802}', 1, 'claimed') $$, 'I8: it is parted where the budget of one has no room: the other waits for nobody');
select is((select count(*) from ingest.calls where held_by is not null), 1::bigint, 'I8: what has one payer is held');

select * from finish();
rollback;
