-- Whoever left unexplained is looked up when somebody asks, a hundred a call (I6, I9). What a look tells: see scenario/why_they_left.
begin;
select plan(7);

insert into test.world_users select i, 'user_' || i from generate_series(1, 160) as i;
insert into test.world_follows select 1, i from generate_series(2, 160) as i;
select test.enable('segment_followers', '1') as followers \gset
select test.play() \g /dev/null
select checkpoint_id as first from asset.instances \gset
select simulation.advance('8 days');
delete from test.world_follows where follower_id <= 150;
select test.play() \g /dev/null
select checkpoint_id as second from asset.instances \gset
set local role rookery_operator;
select users, usd, cardinality(run_ids) as runs from api.leavers_look_up(:followers, :first, :second) \gset
reset role;
select is(array[:users, :usd, :runs], '{149,1.49,2}', 'I6: a hundred a call');
select is((select count(distinct reason) from ingest.runs where reason = 'leaver' and payer_ids is null), 1::bigint, 'I8: their payers are said before a call goes out');
select is((select run_ids from api.leavers_look_up(:followers, :first, :second)), '{}', 'asked again while they are under way: the same ones');
select is(test.play(), 2::bigint, 'two calls');
select is((select array_agg(distinct reason) from api.diff(:followers, :first, :second)), '{unfollowed}', 'and it is known');
select is((select users from api.leavers_look_up(:followers, :first, :second)), 0::bigint, 'I9: nothing more is asked');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
