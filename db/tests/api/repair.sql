-- A13: whatever is wrong with a snapshot is found, and mended from the events; whatever is wrong with these, by reading everything.
begin;
-- What this file plants, nothing but a defect could.
alter table asset.materializations disable trigger completed_is_final;
select plan(56);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows select 1, i from generate_series(2, 6) as i;
insert into test.world_follows values (2, 8), (2, 9);
select test.enable('segment_followers', '1') as followers, test.enable('segment_followers', '2') as others \gset
select test.play() \g /dev/null
select checkpoint_id as first_id from asset.instances where instance_id = :followers \gset
select simulation.advance('8 days') \g /dev/null
delete from test.world_follows where follower_id = 3;
insert into test.world_follows values (1, 7);
select test.play() \g /dev/null
select simulation.advance('8 days') \g /dev/null
insert into test.world_follows values (1, 3);
select test.play() \g /dev/null
select checkpoint_id as last_id from asset.instances where instance_id = :followers \gset
select checkpoint_id as other_id from asset.instances where instance_id = :others \gset
select test.item_ids(:followers) as members \gset

create function pg_temp.verify(p_instance_id bigint) returns text[] language sql set role = rookery_operator as $$
  select array(select distinct finding || coalesce(' ' || item_id, '') from api.verify(p_instance_id) order by 1);
$$;
create function pg_temp.repair(p_instance_id bigint) returns text[] language sql set role = rookery_operator as $$
  select array(select finding || ' ' || remedy || ' ' || found_count from api.repair(p_instance_id) order by 1);
$$;
select is(:'members', text '{2,3,4,5,6,7}', 'there is a segment with a past');
select is(pg_temp.verify(:followers), '{}', 'A13: all is in order');
select is(pg_temp.repair(:followers), '{}', 'A13: so there is nothing to repair');
select is_empty($$ select from api.decisions where kind = 'repair' $$, 'E3: and nothing to decide');

savepoint in_order;
insert into asset.materializations (instance_id, status, reads_everything, error_state, started_at, completed_at)
values (:followers, 'error', false, '22012', base.now(), base.now());
select is(pg_temp.verify(:followers), '{}', 'A7: a failure since then changes nothing');
rollback to in_order;

-- Each in turn: corrupt, find, repair, find nothing, go on
create function pg_temp.mended(p_corruption text, p_found text[], p_title text) returns setof text language plpgsql as $$
declare
  v_followers constant bigint := api.instance_id('segment_followers', '{"subject_id": "1"}');
begin
  execute p_corruption;
  return next is(pg_temp.verify(v_followers), p_found, 'A13: found: ' || p_title);
  perform pg_temp.repair(v_followers);
  return next is(pg_temp.verify(v_followers), array(select 'note'::text from asset.instances where instance_id = v_followers and read_revision is null),
    'A13: mended: ' || p_title);
  perform test.play();
  return next is(test.item_ids(v_followers)::text || pg_temp.verify(v_followers)::text, '{2,3,4,5,6,7}{}', 'A13: and it stays so: ' || p_title);
end;
$$;
select pg_temp.mended(format($$ insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at) values ('user', %s, 8, %s, base.now(), base.now()) $$, :followers, :last_id),
  '{"member 8"}', 'a member too many');
select pg_temp.mended(format('delete from asset.members where instance_id = %s and item_id = 4', :followers), '{"member 4"}', 'a member too few');
select pg_temp.mended(format('update asset.members set left_at = base.now() where instance_id = %s and item_id = 5', :followers),
  '{"member 5"}', 'a member that is marked as having left');
select pg_temp.mended(format('update asset.members set left_at = base.now() where instance_id = %s and item_id = 3', :followers),
  '{"member 3"}', 'one who came again, marked so');
select pg_temp.mended(format($$ update asset.members set entered_at = entered_at - interval '1 day' where instance_id = %s and item_id = 5 $$, :followers),
  '{"member 5"}', 'a wrong time of entering');
select pg_temp.mended(format('update asset.members set moved_id = %s where instance_id = %s and item_id = 5', :last_id, :followers),
  '{"member 5"}', 'a wrong materialization of entering');
select pg_temp.mended(format('update asset.instances set checkpoint_id = null, read_revision = null where instance_id = %s', :followers),
  '{checkpoint}', 'a missing pointer');
select pg_temp.mended(format('update asset.instances set checkpoint_id = %s where instance_id = %s', :first_id, :followers),
  '{checkpoint}', 'a pointer to an older materialization');
select pg_temp.mended(format('update asset.instances set member_count = 7 where instance_id = %s', :followers), '{member_count}', 'a wrong count');
select pg_temp.mended(format('update asset.instances set output_revision = 9 where instance_id = %s', :followers), '{revision}', 'a wrong revision');
select pg_temp.mended(format('update asset.instances set read_revision = read_revision + 1000 where instance_id = %s', :followers),
  '{position}', 'a position that was never read');
select pg_temp.mended(format('update asset.instances set read_revision = (select read_revision from asset.materializations where materialization_id = %s)
                                where instance_id = %s', :first_id, :followers),
  '{position}', 'the position of an older materialization, which makes nothing else wrong');
select pg_temp.mended(format('update asset.events set is_first_appearance = true where instance_id = %s and materialization_id = %s and item_id = 3', :followers, :last_id),
  '{"first_appearance 3"}', 'a second first appearance');

-- A pointer to another instance's materialization
select throws_ok(format('update asset.instances set checkpoint_id = %s where instance_id = %s', :other_id, :followers), '23503', null,
  'A13: a pointer to another instance''s materialization cannot be');
set local session_replication_role = replica;
update asset.instances set checkpoint_id = :other_id where instance_id = :followers;
set local session_replication_role = origin;
select pg_temp.mended('select', '{checkpoint}', 'nor does it last');

-- Events and snapshot agree, and are wrong
select pg_temp.mended(format($$
    insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance) values ('user', %1$s, %2$s, 9, true, true);
    insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at) select 'user', %1$s, 9, %2$s, completed_at, completed_at from asset.materializations where materialization_id = %2$s;
    update asset.materializations set enter_count = enter_count + 1 where materialization_id = %2$s;
    update asset.materializations set member_count = member_count + 1 where instance_id = %1$s and materialization_id >= %2$s;
    update asset.instances set member_count = member_count + 1 where instance_id = %1$s
  $$, :followers, :last_id), '{"computation 9"}', 'an entry that never was');
select results_eq(
  format('select event from api.events(%s) where item_id = 9', :followers), $$ values ('exit'), ('enter') $$, 'A13: that is corrected by an event');
select is(
  (select causes from api.materializations where instance_id = :followers order by materialization_id desc limit 1), '[{"cause": "repair"}]', 'A12: whose cause is the repair');

-- The record
select is(
  (select array_agg(distinct reason order by reason) from api.decisions where kind = 'repair' and about = 'instance ' || :followers),
  '{"found wrong: checkpoint","found wrong: computation","found wrong: first_appearance","found wrong: member","found wrong: member_count","found wrong: position","found wrong: revision"}',
  'E3: every repair is a decision');
select throws_ok('select * from api.repair(404404)', 'RK004', 'there is no instance 404404', 'an unknown instance');
select throws_ok('select * from api.verify(404404)', 'RK004', 'there is no instance 404404', 'for verify too');

select * from finish();
rollback;
