-- I1: a run can be ended. What it brought stays, nothing is deleted, nothing is bought again at once.
begin;
select plan(27);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows values (1, 2), (1, 3), (1, 4);
select test.enable('segment_followers', '1') as instance \gset
select test.play(), base.change_setting('counts.serve_for', '10 days') \g /dev/null
select is(test.x_followers(1), '{2,3,4}', 'a list that is known');
select simulation.advance('1 hour') \g /dev/null
select api.sync_request('followers', 1, 'full') as run_id \gset
select test.tick() \g /dev/null
select test.answer('%/followers', test.users_page('{5}', 'more')) \g /dev/null
select test.tick() \g /dev/null
select test.claimed_call('%/followers') as call_id \gset

set local role rookery_operator;
select is(api.run_cancel(:run_id), '2026-03-02 07:00:00Z', 'I10: its subject is due again when a window of freshness has passed from now');
select is((select (status, completed_at = '2026-03-02 01:00:00Z', cursor_exhausted, removed, error_class)::text from api.runs where run_id = :run_id),
  '(cancelled,t,,0,)', 'I1: the run is cancelled, and ended');
select is((select state from api.calls where call_id = :call_id), 'cancelled', 'I1: with its call');
select throws_ok(format('select api.run_cancel(%s)', :run_id), 'RK028', format('run %s has ended (cancelled)', :run_id), 'once');
select is(test.hint_of(format('select api.run_cancel(%s)', :run_id)), 'Those that can be cancelled: select * from api.runs where status = ''in_progress'';', 'the hint lists those that can be');
select throws_ok('select api.run_cancel(0)', 'RK017', 'there is no run 0', 'an unknown run is an error');
select throws_ok('select api.run_cancel(null)', 'RK017', 'there is no run null', 'so is none');
reset role;
select is(test.x_followers(1), '{2,3,4,5}', 'I2: what it brought stays, what it did not see too');
select test.everything() as before \gset
select is(test.respond(:call_id, test.users_page('{6}')) - 'run_id', '{"recorded": false, "class": "page", "why": "the call was cancelled"}', 'I7: a page that comes too late says so');
select is(test.everything(), :'before'::jsonb, 'I7: and is not stored');
select is(test.respond(:call_id, '', 503) ->> 'why', 'the call was cancelled', 'I7: nor is a failure');
select results_eq($$ select about, reason, until_at from base.decisions where decision_kind = 'run_cancelled' $$,
  $$ values ('followers of 1', 'somebody cancelled its run', base.now() + interval '6 hours') $$, 'E3: it is a decision');

-- The time after
select is(test.play(), 0::bigint, 'nothing is bought');
select is_empty('select test.invariants()', 'the books agree');
select simulation.advance('5 hours 30 minutes') \g /dev/null
select is(test.play(), 0::bigint, 'also not when the last success is as old as that, while the cancellation is not');
select api.why_not(:instance) as why \gset
select matches(jsonb_path_query_first(:'why', 'strict $.** ? (@.about == "need")') ->> 'says',
  'a run of it was cancelled at 2026-03-02 01:00:00Z, the next starts at 2026-03-02 07:00:00Z$', 'E3: who waits for it can see why');
select is(jsonb_path_query_first(:'why', 'strict $.** ? (@.about == "need").because[*]') ->> 'run_id', :'run_id', 'E3: and which run it was');
select is((:'why'::jsonb ->> 'until_at')::timestamptz, '2026-03-02 07:00:00Z', 'E3: and until when');
select simulation.advance('30 minutes') \g /dev/null
select is(test.play(), 1::bigint, 'then it is bought');

-- Asked for
select api.sync_request('followers', 1, 'full') as run_id \gset
select api.run_cancel(:run_id) \g /dev/null
select api.sync_request('followers', 1, 'full') as again \gset
select ok(:again > :run_id and test.play() = 1, 'a run that is asked for starts at once');

-- Waiting for a profile
select test.enable('segment_followers', '8') as waiting \gset
select test.tick() \g /dev/null
select run_id as list from ingest.runs where is_waiting \gset
select is(api.run_cancel(:list), base.now() + interval '6 hours', 'a run that waits for a profile can be cancelled');
select is((select count(*) from ingest.runs where is_waiting), 0::bigint, 'and waits no more');
select test.answer('/2/users', test.users_page('{8}')) \g /dev/null
select is(test.play(), 0::bigint, 'the profile comes, and nothing follows');
select test.enable('segment_followers', '9') as another \gset
select test.tick() \g /dev/null
select api.run_cancel(r.run_id) from ingest.runs as r where sync_kind = 'users' and status = 'in_progress' \g /dev/null
select is((select array_agg(sync_kind || ' ' || status order by run_id desc) from ingest.runs where run_id > :list and (subject_id = 9 or item_ids = '{9}')), '{"users cancelled","followers cancelled"}',
  'a look-up takes with it who waits for it');
select is(test.play(), 0::bigint, 'which would have it bought again');
select is_empty('select test.invariants()', 'the books agree');

select * from finish();
rollback;
