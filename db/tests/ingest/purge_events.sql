-- W7: events are kept for as long as is set, and then deleted a few at a time.
begin;
select plan(13);

select simulation.set_now('2026-01-01 12:00+00') \g /dev/null
select test.x_follow('follow', 2, 1, 'uuid 2') \g /dev/null
select simulation.advance('1 s') \g /dev/null
select test.x_follow('follow', i, 1, 'uuid ' || i) from generate_series(3, 8) as i \g /dev/null
select test.tick() \g /dev/null
select simulation.advance('179 days') \g /dev/null
select test.x_follow('follow', 9, 1, 'uuid 9') as young \gset
select sum(booked_usd) as spent from api.spend \gset
select is(ingest.purge_events(5), 0, 'W7: nothing is deleted before its time');
select simulation.advance('1 day') \g /dev/null
select is(ingest.purge_events(5), 1, 'W7: nor what is exactly as old as it may be');
select simulation.advance('1 s') \g /dev/null
select is(ingest.purge_events(5), 5, 'W7: what is old is deleted, a few at a time');
select is((select sum(booked_usd) from api.spend), :spent::numeric, 'W7: what they cost is still known');
select is((select count(*) from ingest.event_keys), 2::bigint, 'W7: and its keys');
select test.play() \g /dev/null
select is(array(select event_id from api.webhook_events), array[:young::bigint], 'W7: ticks delete the rest');
select is((select count(*) from ingest.event_keys), 1::bigint, 'W7: with their keys');
select is(cardinality(test.x_followers(1)), 8, 'W7: what they changed stays');
select set_has('select s from test.says(api.provenance(''follow'', ''{"target_id": "1", "follower_id": "2"}'')) as s',
  $$ values ('first added at 2026-01-01 12:00:01Z by event ' || (select event_id from graph.follow_changes where follower_id = 2) || ' (not kept)') $$,
  'G7: with the number of the event');
select isnt(test.x_follow('follow', 2, 1, 'uuid 2'), null, 'W1: the sender''s id is good again');

-- A run that takes longer than events are kept: its budget is used up
select api.setting_set('retention.events', '1 day'), test.x_list('followers', 1, array[test.users_page('{2,3}')]) as known \g /dev/null
select simulation.advance('1 hour'), test.x_sync('followers', 1) as run \gset
select test.x_answer(:run, test.users_page('{3}', 'further')), simulation.advance('1 s'), test.x_follow('follow', 2, 1) \g /dev/null
select test.x_call(:run) as call \gset
select simulation.advance('3 days') \g /dev/null
select is(ingest.purge_events(5), 1, 'W7: what came since a run began that is under way is kept');
select test.respond(:call, test.users_page('{}')) \g /dev/null
select is(test.x_followers(1), '{2,3}', 'I2: and keeps the edge that it told of from the sweep');

select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
