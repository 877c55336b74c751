-- W1, G2: an event of a new follower becomes an edge, once both its ends are users here; whom nobody knows is looked up.
begin;
select plan(33);

select test.x_users('{1,2}') \g /dev/null
select test.new_follower('1', '2') as by_ids, test.new_follower('@User_2', 'https://x.com/user_1') as by_names \gset
select is(test.fate(:by_ids), 'received', 'W1: an event is answered before it is taken in');
select is(test.tick(), '[]', 'I9: nothing is bought for users who are known');
select is(test.fate(:by_ids), 'applied: the edge is new, or came back', 'W1: the next tick takes it in');
select results_eq('select target_id, follower_id from graph.follows order by 1', 'values (1::bigint, 2::bigint), (2, 1)', 'W1: ids and names are the same');
select is((select event_id from graph.follow_changes where target_id = 2 and run_id is null), :by_ids::bigint, 'G7: the event is what the edge came by');
select test.new_follower('1', '2') as again \gset
select test.tick() \g /dev/null
select is(test.fate(:again), 'applied: the edge was known', 'W1: told again, it is applied');
select is((select count(*) from graph.follow_changes where target_id = 2), 1::bigint, 'G8: and writes nothing');

-- Unknown ones: both kinds of look-up, a hundred at once
select count(test.new_follower(i::text, '2')) from generate_series(1001, 1150) as i \g /dev/null
select test.new_follower('@stranger', '2') as stranger, test.new_follower('@Stranger', '1') as stranger_again, test.new_follower('nobody', '2') as nobody,
       test.new_follower('7', '2') as ghost \gset
select jsonb_array_length(test.tick()) as calls \gset
select is(:calls, 3, 'I6: 151 ids and two handles are looked up in three calls');
select is(test.fate(:stranger), 'waiting: handle stranger is not known yet', 'W1: meanwhile the events wait');
select is((select array_agg(distinct waits_for order by waits_for) from api.webhook_events where event_id in (:stranger, :stranger_again, :ghost)),
  '{handle stranger,user 7}', 'W1: each for somebody');
select is((select array_agg(distinct reason) from api.runs), '{event}', 'I1: the runs say why they were started');
select test.new_follower('1001', '1'), test.new_follower('@Nobody', '1') \g /dev/null
select is(jsonb_array_length(test.tick()), 0, 'I6: who is being looked up is not looked up again');
select set_eq('select * from test.says(api.why_run((select min(run_id) from api.runs))) as s where s like ''started%''',
  array['started at ' || base.format_time(base.now()) || ': webhook events name these users'], 'G7: why_run says it too');
select test.answer('/2/users/by', test.page(jsonb_build_array(test.user_object(5, 'Stranger')), null, jsonb_build_array(test.error_object('nobody', 'not_found')))) \g /dev/null
select test.tick() \g /dev/null
select is(test.fate(:stranger), 'applied: the edge is new, or came back', 'W1: the look-up brings the follower');
select is(test.fate(:stranger_again), 'applied: the edge is new, or came back', 'W1: for all events that wait');
select is(test.fate(:nobody), 'refused: X does not show handle nobody: not_found', 'W1: whom X does not know is refused');
select is((select reason from api.decisions where kind = 'event_refused'), 'X does not show handle nobody: not_found', 'E3: and it is said');
select results_eq('select target_id, change, run_id is null from graph.follow_changes where follower_id = 5 order by target_id',
  $$ values (1::bigint, 'added', true), (2, 'added', true) $$, 'G7: the edges came by the events, and not by the look-up');
select test.new_follower('nobody', '1') as nobody_again \gset
select is(test.tick(), '[]', 'I6: and not asked for again before its time');
select is(test.fate(:nobody_again), 'refused: X does not show handle nobody: not_found', 'I6: nor is the next event of it kept waiting');

-- The users: one is not there, one call fails
select test.answer('/2/users', test.page((select jsonb_agg(test.user_object(i)) from generate_series(1001, 1099) as i), null,
                                         jsonb_build_array(test.error_object('7', 'suspended')))) \g /dev/null
select test.answer('/2/users', '{}', 400) \g /dev/null
select test.tick() \g /dev/null
select is((select count(*) from api.webhook_events where state = 'applied' and follower_id between 1001 and 1099), 100::bigint, 'I6: what came is taken in');
select is(test.fate(:ghost), 'refused: X does not show user 7: suspended', 'W1: a suspended one is refused');
select is((select count(*) from api.webhook_events where state = 'waiting'), 51::bigint, 'W1: the others wait on');
select is(test.tick(), '[]', 'I6: a look-up that failed is not tried again at once');
select is((select array_agg(distinct retry_at) from api.webhook_events where state = 'waiting'), array[base.now() + interval '1 hour'],
  'W1: but later, by webhook.retry');
select simulation.advance('1 hour') \g /dev/null
select is(jsonb_array_length(test.tick()), 1, 'W1: then they are looked up again');
select test.answer('/2/users', test.users_page(array(select generate_series(1100, 1150)))) \g /dev/null
select test.tick() \g /dev/null
select is((select count(*) from api.webhook_events where state = 'waiting'), 0::bigint, 'W1: and nothing is lost');

-- Somebody was found meanwhile
select test.new_follower('2001', '2') as meanwhile \gset
select test.tick() \g /dev/null
select test.x_users('{2001}') \g /dev/null
select simulation.advance('1 hour') \g /dev/null
select test.tick() \g /dev/null
select is(test.fate(:meanwhile), 'applied: the edge is new, or came back', 'W1: who came by another way is found at the next look');

-- Named in two ways, one and the same
select test.new_follower('@user_1', '1') as narcissus \gset
select test.tick() \g /dev/null
select is(test.fate(:narcissus), 'refused: nobody follows themselves', 'G5: nobody follows themselves');
select api.setting_set('webhook.own_account', 'user_2') \g /dev/null
select test.new_follower('@stranger') as to_me, test.new_follower('1') as not_to_me \gset
select test.tick() \g /dev/null
select is((select target_id from api.webhook_events where event_id = :to_me), 2::bigint, 'W1: the own account is the target of who names none');
select test.new_follower('1') as late \gset
select api.setting_set('webhook.own_account', '') \g /dev/null
select test.tick() \g /dev/null
select is(test.fate(:late), 'malformed: it names no target, and webhook.own_account is not set any more', 'W1: unless it was taken away');
select is((select sum(cost_usd) from api.webhook_events), 0::numeric, 'I9: such events cost nothing');
select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
