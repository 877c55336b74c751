-- What changed today: by asset, without what an asset began with.
begin;
select plan(8);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows values (1, 2), (1, 3), (2, 1);
select test.enable('segment_followers', '1') as followers, test.enable('segment_followers', '2') as quiet \gset
select test.play() \g /dev/null
set local role rookery_web;
select results_eq($$ select instance_id, entered, "left", began_with, members from api.moves('2026-03-02') order by 1 $$,
  format($$ values (%s::bigint, 0::bigint, 0::bigint, 2::bigint, 2::bigint), (%s, 0, 0, 1, 1) $$, :followers, :quiet), 'what an asset began with is no news, but told');
reset role;

select simulation.advance('8 days') \g /dev/null
delete from test.world_follows where target_id = 1 and follower_id = 2;
insert into test.world_follows values (1, 4), (1, 5);
select test.play() \g /dev/null
select simulation.advance('7 hours') \g /dev/null
insert into test.world_follows values (1, 6);
select test.play() \g /dev/null
set local role rookery_web;
select results_eq($$ select instance_id, kind, subject, entered, "left", began_with, members, at from api.moves('2026-03-10') $$,
  format($$ values (%s::bigint, 'segment_followers', '@user_1', 3::bigint, 1::bigint, null::bigint, 4::bigint, timestamptz '2026-03-10T07:00Z') $$, :followers),
  'A9: enters and exits since then, summed up, of those that moved');
select is((select materialization_id from api.moves('2026-03-10')), (select checkpoint_id from api.instances where instance_id = :followers),
  'and the materialization in which they moved last');
select results_eq($$ select entered, "left" from api.moves('2026-03-10T01:00Z') $$, $$ values (1::bigint, 0::bigint) $$, 'what was before is left out');
select is((select count(*) from api.moves('2026-03-11')), 0::bigint, 'since a time to come: nothing');
select is((select count(*) from api.moves('2026-03-01', 1)), 1::bigint, 'no more than one asks for');
select is((select instance_id from api.moves('2026-03-01', 1)), :followers::bigint, 'the latest first');
select throws_ok($$ select * from api.moves('2026-03-01', 0) $$, 'RK012', null, 'none at all is no page');

select * from finish();
rollback;
