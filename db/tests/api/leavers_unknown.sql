-- What it costs to know why they left (I9). Who is unknown, and what a look tells: see scenario/why_they_left.
begin;
select plan(5);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows select 1, i from generate_series(2, 5) as i;
select test.enable('segment_followers', '1') as followers \gset
select test.play() \g /dev/null
select checkpoint_id as first from asset.instances \gset
select simulation.advance('8 days');
delete from test.world_follows where follower_id in (2, 3);
select test.play() \g /dev/null
select checkpoint_id as second from asset.instances \gset
set local role rookery_reader;
select results_eq(format('select users, usd from api.leavers_unknown(%s, %s, %s)', :followers, :first, :second), 'values (2::bigint, 0.02)', 'a look each');
select results_eq(format('select users, usd from api.leavers_unknown(%s, %s, %s)', :followers, :second, :second), 'values (0::bigint, 0::numeric)', 'nobody left: nothing');
reset role;
insert into ingest.purchases (resource, item_id, bought_on) values ('user', 2, (base.now() at time zone 'UTC')::date);
select results_eq(format('select users, usd from api.leavers_unknown(%s, %s, %s)', :followers, :first, :second), 'values (2::bigint, 0.01)',
  'I9: what was bought on this UTC day is not billed again');
select throws_ok(format('select api.leavers_unknown(%s, %s, %s)', :followers, :second, :first), 'RK020', format('materialization %s is newer than %s', :second, :first),
  'the wrong order');
select throws_ok('select api.leavers_unknown(404404, 1, 2)', 'RK004', 'there is no instance 404404', 'an unknown instance');

select * from finish();
rollback;
