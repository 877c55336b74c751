-- A13: a repair is a decision that says what was found; what is no fault is none.
begin;
select plan(7);

insert into test.world_users select i, 'user_' || i from generate_series(1, 30) as i;
insert into test.world_follows select 1, i from generate_series(2, 30) as i;
select test.enable('segment_followers', '1') as followers \gset
select is(asset.repair(:followers), '[]', 'A13: before its first success there is nothing to repair');
select test.play() \g /dev/null
select is(asset.repair(:followers), '[]', 'A13: nor when all is in order');

update asset.instances set read_revision = null where instance_id = :followers;
select is(asset.repair(:followers) -> 0 ->> 'finding', 'note', 'A13: what cannot be computed is said');
select is((select count(*) from base.decisions where decision_kind = 'repair'), 0::bigint, 'E3: and is no repair');

delete from asset.members where instance_id = :followers and item_id between 11 and 25;
select is(
  asset.repair(:followers) -> 0,
  '{"finding": "member", "remedy": "rebuild", "count": 15, "item_ids": ["11", "12", "13", "14", "15", "16", "17", "18", "19", "20"]}',
  'A13: of many findings of one sort the count is said, and the first ten; G1: ids are strings');
delete from asset.members where instance_id = :followers and item_id = 11;
select asset.repair(:followers) \g /dev/null
select results_eq(
  $$ select about, reason, repeat_count, detail -> 'found' -> 0 ->> 'count' from base.decisions where decision_kind = 'repair' $$,
  format($$ values ('instance %s', 'found wrong: member', 2::bigint, '1') $$, :followers), 'E3: the same repair again is counted, and says what it found last');
select is(cardinality(test.item_ids(:followers)), 29, 'A10: all are there again');

select * from finish();
rollback;
