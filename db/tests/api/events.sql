begin;
select plan(11);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows values (1, 2), (1, 3);
select test.enable('segment_followers', '1') as followers \gset
select test.play() \g /dev/null
select checkpoint_id as first_id from api.instances where instance_id = :followers \gset
select simulation.advance('8 days') \g /dev/null
delete from test.world_follows where follower_id = 2;
insert into test.world_follows values (1, 4);
select test.play() \g /dev/null
select checkpoint_id as second_id from api.instances where instance_id = :followers \gset

set local role rookery_reader;
select results_eq(
  format('select * from api.events(%s)', :followers),
  format($$ values (%s::bigint, 4::bigint, 'enter', true, timestamptz '2026-03-10T00:00:00Z'), (%1$s, 2, 'exit', null, '2026-03-10T00:00:00Z'),
                   (%s, 3, 'enter', true, '2026-03-02T00:00:00Z'), (%2$s, 2, 'enter', true, '2026-03-02T00:00:00Z') $$, :second_id, :first_id),
  'A9: events are enters and exits, newest first, each with its materialization and time');
select is((select item_id from api.events(:followers, 1)), 4::bigint, 'a page is as long as one asks');
select results_eq(
  format('select item_id, event from api.events(%s, 2, %s, 4)', :followers, :second_id),
  $$ values (2::bigint, 'exit'), (3, 'enter') $$, 'the next page goes on after the last event, across materializations');
select results_eq(
  format('select item_id, event from api.events(%s, 2, %s, 3)', :followers, :first_id),
  $$ values (2::bigint, 'enter') $$, 'the last page is short');
select is_empty(format('select from api.events(%s, 2, %s, 2)', :followers, :first_id), 'after the oldest there is none');
select results_eq(
  format('select item_id from api.events(%s, 10, %s)', :followers, :second_id),
  $$ values (3::bigint), (2) $$, 'without an item: what was before a materialization');
select throws_ok('select * from api.events(-1)', 'RK004', 'there is no instance -1', 'an unknown instance is an error');
select throws_ok(format('select * from api.events(%s, 0)', :followers), 'RK012', 'a page cannot have 0 events', 'so is an empty page');
select throws_ok(format('select * from api.events(%s, 10001)', :followers), 'RK012', 'a page cannot have 10001 events', 'so is one of more than 10000');
select throws_ok(format('select * from api.events(%s, null)', :followers), 'RK012', 'a page cannot have null events', 'so is one of no size');
reset role;
select is_empty('select test.broken_memberships()', 'A10: the members are the fold of these events');

select * from finish();
rollback;
