-- I8: no call goes out beyond the window, whoever asks and however often.
begin;
select plan(14);
select base.change_setting('window.burst', '100') \g /dev/null

update ingest.windows set limit_count = 3, remaining_count = 3 where endpoint = 'followers';
select test.x_users(array(select generate_series(1, 9))) \g /dev/null
select test.x_sync('followers', i) from generate_series(1, 8) as i \g /dev/null
select ingest.request_sync('posts', 9, 'full') \g /dev/null

select asset.assign_payers(100) \g /dev/null

select results_eq($$ select path from ingest.claim_calls('a', 2) $$, '{/2/users/1/followers,/2/users/2/followers}'::text[], 'the oldest go first, no more than there are slots');
select results_eq($$ select remaining_count, reset_at from ingest.windows where endpoint = 'followers' $$, $$ values (1, base.now() + interval '15 minutes') $$, 'I8: they are counted down, and the window has an end');
select results_eq($$ select path from ingest.claim_calls('b', 100) $$, '{/2/users/3/followers,/2/users/9/tweets}'::text[], 'I8: another worker gets what is left; other endpoints go on');
select is_empty($$ select * from ingest.claim_calls('b', 100) $$, 'I8: then nobody gets any');
select results_eq($$ select worker, attempt_count, lease_until from ingest.calls where state = 'claimed' order by call_id $$,
  $$ values ('a', 1, base.now() + interval '25 s'), ('a', 1, base.now() + interval '25 s'), ('b', 1, base.now() + interval '25 s'), ('b', 1, base.now() + interval '25 s') $$, 'E6: every call is leased');
select ingest.record_held_calls() \g /dev/null
select ingest.record_held_calls() \g /dev/null
select results_eq($$ select about, until_at, repeat_count from base.decisions where decision_kind = 'rate_limit' $$,
  $$ values ('endpoint followers', base.now() + interval '15 minutes', 1::bigint) $$, 'E3: what was held back, and until when, is one decision a window');
select is(ingest.next_work_at(true), base.now() + interval '25 s', 'E2: before the window opens there are the leases to look at');
select is((select api.engine_tick('c', 5) ->> 'calls'), '[]', 'the tick hands none out');

update ingest.calls set state = 'answered', lease_until = null, answered_at = base.now() where state = 'claimed';
select is(ingest.next_work_at(true), base.now() + interval '15 minutes', 'E2: and then there is the end of the window');
select simulation.advance('15 minutes') \g /dev/null
select is((select count(*) from ingest.claim_calls('a', 100)), 3::bigint, 'I8: a new window is as wide as the last');
select results_eq($$ select remaining_count, reset_at from ingest.windows where endpoint = 'followers' $$, $$ values (0, base.now() + interval '15 minutes') $$, 'I8: and is counted anew');
select throws_like($$ update ingest.windows set remaining_count = -1 where endpoint = 'followers' $$, '%window_is_never_overdrawn%', 'I8: a constraint keeps it so');
select throws_like($$ update ingest.windows set remaining_count = 4 where endpoint = 'followers' $$, '%no_more_is_left_than_the_limit%', 'I8: nor is a window wider than it is');
select throws_like($$ update ingest.windows set reset_at = null $$, '%a_window_without_an_end_is_whole%', 'I8: and what was begun ends');

select * from finish();
rollback;
