-- I9: what X bills for its events is in the same books as what it bills for calls: once, by the day of receipt, and for as long as there are books.
begin;
select plan(27);

select simulation.set_now('2026-11-01 23:59:30+00') \g /dev/null
select test.x_users('{1,2,3}') \g /dev/null
create function pg_temp.books() returns text language sql as $$
  select string_agg(format('%s %s %s x %s = %s', to_char(utc_day, 'DD'), call, sent, billed, trim_scale(booked_usd)), ', ' order by utc_day, call) from api.spend
$$;

select test.x_follow('follow', 2, 1, 'a') as followed, test.x_follow('follow', 2, 1, 'a'), test.x_follow('follow', 3, 1, 'b'), test.new_follower('3', '2') \g /dev/null
select is(pg_temp.books(), null, 'nothing is booked by receiving, which is to be quick');
select simulation.advance('1 minute'), test.tick() \g /dev/null
select is(pg_temp.books(), '01 follow.follow 2 x 2 = 0.02', 'I9: each event once, however often it came; on the day on which it came; and nobody bills what others tell');
select test.x_event('post.create', 1, test.post_object(10)), test.x_event('post.delete', 1, '{"id": "11"}'), test.x_event('profile.update.bio', 1, '{"after": "x"}'),
       test.x_event('profile.update.banner_picture', 1, '{"after": "x"}'), test.x_event('mute.mute', 1, '{}'), test.x_event('post.create', 1, '{}'),
       test.x_follow('follow', 3, 1, 'c') \g /dev/null
select test.tick() \g /dev/null
select is(pg_temp.books(), '01 follow.follow 2 x 2 = 0.02, 02 follow.follow 1 x 1 = 0.01, 02 post.create 2 x 2 = 0.01, 02 post.delete 1 x 1 = 0.005, '
  || '02 profile.update.banner_picture 1 x 1 = 0.005, 02 profile.update.bio 1 x 1 = 0.005', 'I9: also what says nothing new, is not kept or cannot be read; what has no price here has none');

-- An event that waits is paid for when it comes, and not again when it is taken in at last
select test.x_event('post.create', 9, test.post_object(90)) as waiting \gset
select jsonb_array_length(test.tick()) \g /dev/null
select is(test.fate(:waiting), 'waiting: user 9 is not known yet', 'an event waits');
select is((select cost_usd from api.webhook_events where event_id = :waiting), 0.005, 'I9: and is paid for');
select api.price_set('post_event', false, 0.5) \g /dev/null
select test.answer('/2/users', test.users_page('{9}')) \g /dev/null
select test.tick() \g /dev/null
select is(test.fate(:waiting), 'applied: the post is new, or came back', 'it is taken in');
select is((select booked_usd from api.spend where call = 'post.create'), 0.015, 'I9: for which X bills nothing more, whatever it bills by now');
select is((select cost_usd from api.webhook_events where event_id = :waiting), 0.005, 'I9: the event says so too');
select is_empty('select test.invariants()', 'the invariants hold');

-- Cost
select is((select string_agg(format('%s %s', what, spent_usd), ', ' order by what) from api.cost('call')),
  'call:users 0.01, event:follow.follow 0.03, event:post.create 0.02, event:post.delete 0.01, event:profile.update.banner_picture 0.01, event:profile.update.bio 0.01',
  'I9: events are in what this month costs, by type');
select is((select string_agg(format('%s %s', what, spent_usd), ', ' order by what) from api.cost('root')), 'nobody 0.07', 'I9: no root asked for them');
select is((select sum(booked_usd) from api.spend_by_root where root_id is null), 0.07, 'I9: nor is any charged');
select is((select count(*) from api.cost('root') where expected_usd > 0), 1::bigint, 'I9: as many are expected');

-- Budgets
select api.budget_set('everything', 'day', 1), api.budget_set('everything', 'month', 5), api.budget_set('call:users', 'day', 1) \g /dev/null
select is((select array_agg(format('%s %s %s', scope, period, trim_scale(spent_usd)) order by scope, period) from api.budgets()),
  '{"call:users day 0.01","everything day 0.05","everything month 0.07"}', 'I8: a budget on everything counts events, of its period; others do not');
select test.x_follow('unfollow', i, 1, 'left ' || i) from generate_series(100, 193) as i \g /dev/null
select test.tick() \g /dev/null
select is((select trim_scale(spent_usd) from api.budgets() where scope = 'everything' and period = 'day'), 0.99, 'I8: also those that come later');
select api.sync_handles('{somebody,another}') \g /dev/null
select is(test.tick(), '[]', 'I8: and a call for which they left no room is held');
select is((select array_agg(jsonb_build_object('spent', detail -> 'spent_usd', 'left', detail -> 'left_usd')) from api.decisions where kind = 'budget'),
  array['{"left": 0.01, "spent": 0.99}'::jsonb], 'E3: which is said with the amounts');
select test.x_follow('unfollow', i, 1, 'left ' || i) from generate_series(200, 201) as i \g /dev/null
select test.tick() \g /dev/null
select is((select array[trim_scale(spent_usd), trim_scale(left_usd)] from api.budgets() where scope = 'everything' and period = 'day'), '{1.01,0}',
  'I8: events come whether or not there is room, and leave less than none');
select is((select ingest.room_in(b) from ingest.budgets as b where scope = 'everything' and period = 'day'), -0.01, 'I8: which is known');
select ok((select held_calls = 1 from api.budgets() where scope = 'everything' and period = 'day'), 'I8: the call waits');
select is_empty('select test.invariants()', 'I8: and no cap was exceeded by what could be held');
select simulation.set_now('2026-11-03T00:00:00Z') \g /dev/null
select is(jsonb_array_length(test.tick()), 1, 'I8: until the next day, which begins without them');
select is((select trim_scale(spent_usd) from api.budgets() where scope = 'everything' and period = 'month'), 1.05, 'I8: while the month goes on with them');

-- A page that costs less than was reserved
select test.answer('/2/users/by', test.page('[]')) \g /dev/null
select is((select trim_scale(spent_usd) from api.budgets() where scope = 'everything' and period = 'month'), 1.03, 'I8: what is given back is given back beside them');

-- Events are purged, what they cost is not
select simulation.set_now('2027-06-01 00:00+00') \g /dev/null
select ingest.purge_events(1000) \g /dev/null
select is((select count(*) from api.webhook_events), 0::bigint, 'W7: events are kept for a while');
select is((select sum(booked_usd) from api.spend where call like '%.%'), 1.02, 'W7: and what they cost for good');
select is_empty('select test.broken_books()', 'the books agree');

select * from finish();
rollback;
