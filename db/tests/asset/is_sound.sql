-- A13: pointer and count are checked before every delta, and the engine mends them by itself.
begin;
select plan(16);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows select 1, i from generate_series(2, 4) as i;
insert into test.world_follows values (3, 1);
select test.enable('segment_mutuals', '1') as mutuals \gset
select api.instance_id('segment_followers', '{"subject_id": "1"}') as followers \gset
create function pg_temp.is_sound(p_instance_id bigint) returns boolean language sql as $$
  select asset.is_sound(i) from asset.instances as i where instance_id = p_instance_id;
$$;
select ok(pg_temp.is_sound(:followers), 'A13: what was never materialized stands nowhere, as it should');
select test.play() \g /dev/null
select ok(pg_temp.is_sound(:followers), 'A13: after a success all is sound');
select checkpoint_id as first_id from asset.instances where instance_id = :followers \gset

-- Somebody new follows 1, which a webhook or a sync will bring
create function pg_temp.gains(p_follower_id bigint) returns bigint[] language plpgsql as $$
begin
  perform simulation.advance('6 hours');
  insert into test.world_follows values (1, p_follower_id);
  perform test.play();
  return test.item_ids(api.instance_id('segment_followers', '{"subject_id": "1"}'));
end;
$$;
select is(pg_temp.gains(5), '{2,3,4,5}', 'a delta');
select is((select count(*) from api.decisions where kind = 'repair'), 0::bigint, 'A13: of what is sound nothing is decided');

update asset.instances set checkpoint_id = :first_id where instance_id = :followers;
select ok(not pg_temp.is_sound(:followers), 'A13: a pointer to an older materialization is not sound');
select is(pg_temp.gains(6), '{2,3,4,5,6}', 'A13: it is mended before the next delta');
select is((select detail -> 'found' -> 0 ->> 'finding' from api.decisions where kind = 'repair' and about = 'instance ' || :followers), 'checkpoint', 'E3: a decision says so');

update asset.instances set member_count = 0 where instance_id = :followers;
select ok(not pg_temp.is_sound(:followers), 'A13: nor is a wrong count');
select is(pg_temp.gains(7), '{2,3,4,5,6,7}', 'A13: it is mended before the next delta');
select is((select member_count from asset.instances where instance_id = :followers), 6::bigint, 'A10: and counts its members');

update asset.instances set checkpoint_id = null, read_revision = null where instance_id = :followers;
select ok(not pg_temp.is_sound(:followers), 'A13: nor is a missing pointer');
select is(pg_temp.gains(8), '{2,3,4,5,6,7,8}', 'A13: it is mended before the next materialization');
select is(
  (select reads_everything from api.materializations where instance_id = :followers order by materialization_id desc limit 1), true,
  'A13: which reads everything, since where it stood was lost');
select results_eq(
  $$ select about || ': ' || reason from api.decisions where kind = 'repair' order by decision_id $$,
  format($$ values ('instance %1$s: found wrong: checkpoint'), ('instance %1$s: found wrong: member_count') $$, :followers),
  'E3: the same repair again is counted');
select is(test.item_ids(:mutuals), '{3}', 'what is made from it is as it was');
select is_empty('select test.invariants()', 'the standing invariants hold at the end');

select * from finish();
rollback;
