-- docs/adding-a-kind.md: its example is run as it stands there, and lives through a day.
begin;
select plan(8);

-- \140 is a backtick, which cannot stand between backticks.
\set example `awk '/^\140\140\140/ { inside = /sql$/; next } inside' docs/adding-a-kind.md`
set local role rookery_owner;
:example
reset role;
select is((select description from asset.kinds where kind = 'segment_renamed'), 'The members of a segment who have changed their handle.', 'the example runs');

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows select 1, i from generate_series(2, 4) as i;
select api.root_enable('segment_renamed', test.params('post_corpus_for_segment', 'segment_followers 1')) as renamed \gset
select test.play() \g /dev/null
select is(test.item_ids(:renamed), '{}', 'nobody has changed a handle yet');

select simulation.advance('6 hours') \g /dev/null
update test.world_users set handle = 'other_' || user_id where user_id in (2, 5);
insert into test.world_follows values (1, 5);
select test.play() \g /dev/null
select is(test.item_ids(:renamed), '{2}', 'a member who has another handle enters; who is seen for the first time had none');
select is((select (entered, reads_everything)::text from api.materializations where instance_id = :renamed order by materialization_id desc limit 1), '(1,f)', 'by a delta');

select simulation.advance('7 days') \g /dev/null
update test.world_users set handle = 'other_again' where user_id = 5;
delete from test.world_follows where follower_id = 2;
select test.play() \g /dev/null
select is(test.item_ids(:renamed), '{5}', 'who leaves the segment leaves');
select simulation.advance('7 days') \g /dev/null
insert into test.world_follows values (1, 2);
select test.play() \g /dev/null
select is(test.item_ids(:renamed), '{2,5}', 'and enters again when back');
select is_empty('select test.invariants()', 'the standing invariants hold');
select is_empty(
  $$ select p.oid::regprocedure from pg_proc as p where p.proname like 'segment_renamed%' and obj_description(p.oid, 'pg_proc') is null $$,
  'the example keeps to the conventions');

select * from finish();
rollback;
