-- I8: before a call goes out its worst price is reserved; the cap is never exceeded, and what does not fit keeps nobody else back.
begin;
select plan(41);

create function pg_temp.claim(p_slots integer default 100) returns text[] language sql as $$
  select array(select path from ingest.claim_calls('w', p_slots) order by call_id)
$$;
create function pg_temp.budget(p_scope text) returns text language sql as $$
  select format('%s of %s, %s held', trim_scale(spent_usd), trim_scale(cap_usd), held_calls) from ingest.list_budgets() where scope = p_scope
$$;
create function pg_temp.answer(p_subject_id bigint, p_row_count integer) returns text language sql as $$
  select test.answer(format('/2/users/%s/followers', p_subject_id),
    test.users_page(array(select p_subject_id * 10000 + i from generate_series(1, p_row_count) as i))) ->> 'class'
$$;
select simulation.set_now('2026-03-10T12:00:00Z') \g /dev/null
select test.x_users(array(select generate_series(1, 9))) \g /dev/null
select api.setting_set('page.follows', '100'), api.setting_set('call.lease', '600 s') \g /dev/null
select api.budget_set('everything', 'day', 2.5) \g /dev/null
select test.x_sync('followers', i) from generate_series(1, 5) as i \g /dev/null
select asset.assign_payers(100) \g /dev/null

select is(pg_temp.claim(), '{/2/users/1/followers,/2/users/2/followers}', 'I8: as many go out as their worst prices fit in');
select is(pg_temp.budget('everything'), '2 of 2.5, 3 held', 'I8: which is reserved');
select results_eq('select not_before, trim_scale(held_usd), state from ingest.calls where held_by is not null', $$ values
  ('2026-03-11T00:00:00Z'::timestamptz, 1::numeric, 'ready'), ('2026-03-11T00:00:00Z', 1, 'ready'), ('2026-03-11T00:00:00Z', 1, 'ready') $$, 'I8: the others wait for the next day');
select results_eq($$ select about, reason, until_at, repeat_count from base.decisions where decision_kind = 'budget' $$,
  $$ values ('budget of everything a day', 'what is left does not cover what a call may cost', '2026-03-11T00:00:00Z'::timestamptz, 3::bigint) $$,
  'E3: which is one decision, and says until when');
select is((select detail - 'budget_id' - 'call_id' from base.decisions where decision_kind = 'budget'),
  '{"rows": 100, "cap_usd": 2.5, "call_usd": 1, "endpoint": "followers", "left_usd": 0.5, "spent_usd": 2}', 'E3: and the amounts');
select ok((select ingest.explain_call(call_id) ->> 'says' like '%the budget of everything a day has no room for it (USD 1) until 2026-03-11 00:00%' from ingest.calls where held_by is not null limit 1),
  'E3: the call says so too');
select is(pg_temp.claim(), '{}', 'nothing goes out');
select is((select count(*) from base.decisions where decision_kind = 'budget' and repeat_count > 3), 0::bigint, 'and a held call is not looked at again');

-- A smaller call of the same budget, and the same call once there is room
select ingest.start_lookups('users', array(select generate_series(1, 9)), 'due'), asset.assign_payers(100) \g /dev/null
select is(pg_temp.claim(), '{/2/users}', 'I8: a call that fits goes out although a larger one waits');
select is(pg_temp.answer(1, 20), 'page', 'an answer');
select is(pg_temp.budget('everything'), '1.29 of 2.5, 2 held', 'I8: gives back what was reserved too much, and the oldest call that fits is free');
select is(pg_temp.claim(), '{/2/users/3/followers}', 'I8: and goes out');
select is(pg_temp.budget('everything'), '2.29 of 2.5, 2 held', 'I8: reserved again');
select is(test.answer('/2/users', '', 503) ->> 'class', 'server_error', 'an error');
select is(pg_temp.budget('everything'), '2.2 of 2.5, 2 held', 'I9: costs nothing');
select ingest.record_silence(test.claimed_call('/2/users/3/followers'), 'timeout', '', null) \g /dev/null
select is(pg_temp.budget('everything'), '2.2 of 2.5, 2 held', 'I8: no answer costs the worst');
select is_empty('select test.broken_books()', 'the books agree');

-- The operator
select api.budget_set('everything', 'day', 4.25) \g /dev/null
select is(pg_temp.budget('everything'), '2.2 of 4.25, 0 held', 'a budget that is raised judges its calls anew');
select simulation.advance('1 minute') \g /dev/null
select is(pg_temp.claim(), '{/2/users/4/followers,/2/users/5/followers}', 'I8: and lets go as many as fit');
select is((select array_agg(path order by call_id) from ingest.calls where held_by is not null), '{/2/users/3/followers,/2/users}', 'those that failed wait now');
select api.budget_set('everything', 'day', null) \g /dev/null
select is(pg_temp.claim(), '{/2/users/3/followers,/2/users}', 'without a budget all go');
select api.budget_set('call:users', 'month', 100), api.budget_set('call:followers', 'month', 100), api.budget_set('everything', 'month', 100) \g /dev/null
select is(array[pg_temp.budget('call:users'), pg_temp.budget('call:followers'), pg_temp.budget('everything')], '{"0.09 of 100, 0 held","5.2 of 100, 0 held","5.29 of 100, 0 held"}',
  'I8: a budget that comes later begins with what the ledger says, calls that are out included');
select is(pg_temp.answer(4, 0) || pg_temp.answer(5, 50), 'pagepage', 'answers');
select is(pg_temp.budget('call:followers'), '3.7 of 100, 0 held', 'I8: settle it');
select is_empty('select test.broken_books()', 'the books agree');

-- The next period begins with what is out
select api.budget_set('call:followers', 'month', 3.7) \g /dev/null
select test.x_sync('followers', i) from generate_series(6, 8) as i \g /dev/null
select asset.assign_payers(100) \g /dev/null
select is(pg_temp.claim(), '{}', 'I8: a budget that is used up to the last cent lets nothing go');
select is(ingest.next_work_at(true) > '2026-03-10T12:01:00Z', true, 'E2: and asks for no tick before its time');
select simulation.set_now('2026-03-31T23:59:50Z') \g /dev/null
update ingest.calls set lease_until = '2026-04-01T00:09:00Z' where state = 'claimed';
select is(pg_temp.claim(), '{}', 'I8: the month is not over');
select simulation.set_now('2026-04-01T00:00:00Z') \g /dev/null
select is(pg_temp.claim(), '{/2/users/6/followers}', 'I8: a new month, from which the calls that are out are taken first');
select is(pg_temp.budget('call:followers'), '3 of 3.7, 2 held', 'I8: they count in both');
select is(pg_temp.answer(3, 1), 'page', 'an answer to one of them');
select is(pg_temp.budget('call:followers'), '2.01 of 3.7, 1 held', 'I8: settles it in the new one');
select is_empty('select test.broken_books()', 'the books agree');

-- A call that can never go
select api.budget_set('call:timeline', 'day', 0.1) \g /dev/null
select ingest.request_sync('posts', 9, 'full'), asset.assign_payers(100) \g /dev/null
select is(pg_temp.claim(), '{/2/users/7/followers}', 'I8: a call that costs more than the whole budget keeps nobody back');
select matches((select reason from base.decisions where about = 'budget of call:timeline a day'), 'can never go: raise the budget, or ask for less at once', 'E3: and it is said that it can never go');
select api.setting_set('page.posts', '20') \g /dev/null
select is(pg_temp.claim(), '{/2/users/9/tweets}', 'I8: smaller pages fit');
select is(pg_temp.budget('call:timeline'), '0.1 of 0.1, 0 held', 'I8: to the cent');
select api.budget_set('call:following', 'day', 0.5), test.x_sync('following', 9) as run, asset.assign_payers(100) \gset
select is(pg_temp.claim(), '{}', 'I8: a list likewise');
select api.setting_set('page.follows', '50') \g /dev/null
select is(pg_temp.claim(), '{/2/users/8/followers,/2/users/9/following}', 'I8: smaller pages fit, though the runs were there');
select is((select query ->> 'max_results' from ingest.calls where run_id = :run), '50', 'I8: and are what it asks for');
select is_empty('select test.broken_books()', 'the books agree');

select * from finish();
rollback;
