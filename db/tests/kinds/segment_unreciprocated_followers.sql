-- A1: the fans of a user are the followers whom that user does not follow back.
begin;
select plan(10);

insert into test.world_users select i, 'user_' || i from generate_series(1, 8) as i;
insert into test.world_follows select 1, i from generate_series(2, 5) as i;
insert into test.world_follows select i, 1 from generate_series(4, 7) as i;
select test.enable('segment_unreciprocated_followers', '1') as fans \gset
select test.play() \g /dev/null
select is(test.item_ids(:fans), '{2,3}', 'A1: who follows and is not followed');
select is((select array_agg(kind order by kind) from api.instances where instance_id <> :fans), '{segment_followed,segment_followers}',
  'A4: it is made from the two lists');
select is_empty(format('select item_id from asset.members where instance_id = %s and item_id not in (2, 3)', :fans), 'the others are not even looked at, at first');

-- 2 is followed back, 8 comes, 4 is let go of
select simulation.advance('8 days') \g /dev/null
insert into test.world_follows values (2, 1), (1, 8);
delete from test.world_follows where target_id = 4;
select test.play() \g /dev/null
select is(test.item_ids(:fans), '{3,4,8}', 'A6: either side moves it');
select is((select reads_everything from api.materializations where instance_id = :fans order by materialization_id desc limit 1), false, 'by what moved alone');

-- 1 lets go of 2: a fan again
select simulation.advance('8 days') \g /dev/null
delete from test.world_follows where target_id = 2;
select test.play() \g /dev/null
select is(test.item_ids(:fans), '{2,3,4,8}', 'who is a fan again enters again');
select results_eq(format('select event, is_first_appearance from api.events(%s) where item_id = 2', :fans),
  $$ values ('enter', false), ('exit', null), ('enter', true) $$, 'A9: which is no first appearance');
select is_empty('select test.untrue_segments()', 'it is as X shows it');

-- Everybody leaves
select simulation.advance('8 days') \g /dev/null
delete from test.world_follows where target_id = 1;
select test.play() \g /dev/null
select is(test.item_ids(:fans), '{}', 'it can be empty');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
