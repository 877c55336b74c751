-- A1, A14: a set that an operator edits while it is kept fresh.
begin;
select plan(15);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
select test.enable('segment_specified_users', 'staff') as staff \gset
select is(test.play(), 0::bigint, 'I9: nothing is bought for an empty set');
select is((select (members, revision)::text from api.instances where instance_id = :staff), '(0,0)', 'A14: an empty set is an empty membership');
select is((select reason from api.decisions where kind = 'empty_set'), 'the set has no member', 'A14: and a warning that is kept');

select api.specified_users_add('staff', array[1, 2, 3, 88]) \g /dev/null
select is(test.play(), 1::bigint, 'I6: the profiles of a set are one call');
select is(test.item_ids(:staff), '{1,2,3}', 'A14: members are those whom X knows');
select api.specified_users_set('staff', array[3, 4]) \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:staff), '{3,4}', 'A1: a set can be replaced');
select results_eq(
  format('select item_id, event, is_first_appearance from api.events(%s, 3)', :staff),
  $$ values (4::bigint, 'enter', true), (2, 'exit', null), (1, 'exit', null) $$, 'A9: its edits are events');

-- An id that X did not know becomes known
select simulation.advance('24 hours') \g /dev/null
insert into test.world_users values (88, 'late');
select api.specified_users_add('staff', array[88]) \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:staff), '{3,4,88}', 'A14: an id that X knows by now is a member');

-- An edit while the root rests
select api.root_disable('segment_specified_users', '{"stable_key": "staff"}') \g /dev/null
select api.specified_users_remove('staff', array[3]), api.specified_users_add('staff', array[5]) \g /dev/null
select is(test.play(), 0::bigint, 'A3: an edit of what rests buys nothing');
select test.enable('segment_specified_users', 'staff') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:staff), '{4,5,88}', 'A3: it is found when the root is enabled again');

-- An edit that nobody has looked at yet when its root is disabled
select api.specified_users_remove('staff', array[5]), api.root_disable('segment_specified_users', '{"stable_key": "staff"}') \g /dev/null
select test.play() \g /dev/null
select test.enable('segment_specified_users', 'staff') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:staff), '{4,88}', 'A3: it is remembered until the next look');
select is((select (reads_everything, exited)::text from api.materializations where instance_id = :staff order by materialization_id desc limit 1), '(f,1)', 'A3: and found by itself');

-- A profile that changes, and a member that is suspended later
select revision, count(*) as materializations from api.materializations where instance_id = :staff group by revision order by revision desc limit 1 \gset
update test.world_users set handle = 'renamed' where user_id = 88;
select simulation.advance('24 hours') \g /dev/null
update test.world_users set gone = 'suspended' where user_id = 4;
select test.play() \g /dev/null
select is(test.item_ids(:staff), '{4,88}', 'G4: that a user is gone takes nobody out of a set: the operator decides');
select is((select count(*) from api.materializations where instance_id = :staff and revision = :revision), :materializations::bigint, 'A6: a set reads whether a profile is there, not what it says');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
