-- What can be watched: every registered metric has a value once there is something to count, and counters only rise.
begin;
select plan(18);
-- These count past the end of a test.
alter sequence ingest.takeovers restart;
alter sequence engine.ticks restart;

create function pg_temp.value_of(p_metric text, p_labels jsonb default '{}') returns numeric language sql set role = rookery_web as $$
  select sum(value) from api.metrics() where metric = p_metric and labels @> p_labels;
$$;
insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows select 1, i from generate_series(2, 4) as i;
select test.enable('segment_followers', '1') as followers \gset
select test.play() \g /dev/null
select is(pg_temp.value_of('pages_total', '{"endpoint": "followers"}'), 1::numeric, 'pages are counted by endpoint');
select is(pg_temp.value_of('resources_total'), (select sum(resource_count) from ingest.runs)::numeric, 'I9: rows are counted as runs count them');
select is(pg_temp.value_of('cost_usd_total'), (select sum(cost_usd) from ingest.runs), 'I9: so is their price');
select is(pg_temp.value_of('calls_total', '{"class": "page", "status": 200}'), (select count(*) from ingest.calls)::numeric, 'every call has an outcome');
select ok(pg_temp.value_of('ticks_total') >= 1 and pg_temp.value_of('materializations_total') >= 1, 'ticks and materializations are counted');
select is(pg_temp.value_of('workers'), 1::numeric, 'who ticked is a worker');

-- Silence, a failure, a limit
select api.sync_request('followers', 1) \g /dev/null
select test.tick() \g /dev/null
select api.engine_failure(call_id, 'timeout', 'a test') from ingest.calls where state = 'claimed' \g /dev/null
select is(pg_temp.value_of('calls_total', '{"class": "timeout", "status": 0}'), 1::numeric, 'a call that nobody answered has status 0');
select is(pg_temp.value_of('runs_in_progress', '{"kind": "followers"}'), 1::numeric, 'its run is under way still');
select simulation.advance('10 seconds') \g /dev/null
select test.tick() \g /dev/null
select simulation.advance('1 hour') \g /dev/null
select test.tick('another worker', 0) \g /dev/null
select is(pg_temp.value_of('lease_takeovers_total'), 1::numeric, 'E6: a lease that ran out is counted');
select is(pg_temp.value_of('calls_ready', '{"endpoint": "followers"}'), 1::numeric, 'and the call is ready again');

-- The inbox
select is(pg_temp.value_of('inbox_events'), 0::numeric, 'W1: an empty inbox is counted too');
select test.new_follower('2', '1'), test.new_follower('2', '77') \g /dev/null
select simulation.advance('30 seconds') \g /dev/null
select is(pg_temp.value_of('inbox_age_seconds', '{"state": "received"}'), 30::numeric, 'W1: what was received and not taken in has an age');
select test.tick('another worker', 0), test.tick('another worker', 0) \g /dev/null
select is((select array_agg(pg_temp.value_of('inbox_events', jsonb_build_object('state', s))) from unnest(array['received', 'waiting']) as s), '{0,1}',
  'W1: what waits for a look-up is told from it');
select is(pg_temp.value_of('inbox_age_seconds', '{"state": "waiting"}'), 30::numeric, 'W1: and is as old as its receipt');

-- What X bills for its events
select test.x_follow('follow', 2, 1), test.x_follow('unfollow', 2, 1), test.x_follow('unfollow', 3, 1) \g /dev/null
select test.tick('another worker', 0) \g /dev/null
select is(pg_temp.value_of('events_billed_total', '{"type": "follow.unfollow"}'), 2::numeric, 'I9: events that X bills are counted by type');
select is(pg_temp.value_of('events_cost_usd_total'), 0.03, 'I9: and so is what they cost');

select is_empty('select metric from api.metrics() except select metric from base.metrics', 'what is measured is registered');
select set_eq(
  $$ select metric from base.metrics except select metric from api.metrics() $$, array['decisions_recent', 'instances_queued'],
  'what is registered is measured; what has no sort to tell apart is not there');

select * from finish();
rollback;
