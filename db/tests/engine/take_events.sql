-- E1: a tick that takes events in does nothing else, and of two ticks one does.
begin;
select plan(12);

create function pg_temp.tick(p_slots integer default 10) returns jsonb language sql set role = rookery_worker as $$ select api.engine_tick('w', p_slots) $$;
select setval('engine.turns', 1, false) \g /dev/null
select api.setting_set('tick.events', '2') \g /dev/null
select test.x_users('{1,2}') \g /dev/null
select test.enable('segment_followers', '1') as instance \gset
select test.x_follow('follow', i, 1) from generate_series(3, 7) as i \g /dev/null

select pg_temp.tick() as tick \gset
select is(:'tick'::jsonb -> 'done' -> 'events_taken', '2', 'E1: a tick takes in as many events as it may');
select is(:'tick'::jsonb -> 'calls', '[]', 'E1: and hands out no calls');
select is((select count(*) from api.runs), 0::bigint, 'E1: nor plans');
select is((:'tick'::jsonb ->> 'again', :'tick'::jsonb ->> 'next_at')::text, ('true', :'tick'::jsonb ->> 'now')::text, 'E1: the rest waits for the next, which is asked for');
select pg_temp.tick() as tick \gset
select is(:'tick'::jsonb #> '{done,events_taken}', null, 'E1: the next plans, however many events are left');
select is(jsonb_array_length(:'tick'::jsonb -> 'calls'), 1, 'E1: and hands out calls');
select is((:'tick'::jsonb ->> 'again')::boolean, true, 'E1: and asks for another');
select is(pg_temp.tick() -> 'done' -> 'events_taken', '2', 'E1: which takes events in again');
select test.tick() \g /dev/null
select is((select count(*) from api.webhook_events where state = 'applied'), 5::bigint, 'E1: until none is left');
select last_value as turns from engine.turns \gset
select test.tick() \g /dev/null
select is((select last_value from engine.turns), :turns::bigint, 'E5: an empty inbox costs nothing');

-- A wait that is to end moves the time to come back
select test.new_follower('99', '1') \g /dev/null
select test.tick() \g /dev/null
select test.answer('/2/users', '{}', 400) \g /dev/null
select simulation.advance('59 minutes 55 seconds') \g /dev/null
select pg_temp.tick() \g /dev/null
select is(engine.next_at(true) - base.now(), '5 s', 'E2: a tick names the time when an event is looked at again');
select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
