-- A subject that X does not show: nothing is deleted, the segments wait, and it is asked for again after a slow re-check.
begin;
select plan(9);

insert into test.world_users select i, 'user_' || i from generate_series(1, 3) as i;
insert into test.world_follows values (1, 2), (1, 3);
select test.enable('segment_followers', '1') as followers, test.enable('segment_followers', '77') as unknown \gset
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{2,3}', 'the other subject is served');
select is((select checkpoint_id from api.instances where instance_id = :unknown), null, 'G2: a subject that X does not know has no segment');
select is((select error_class from api.runs where subject_id = 77), 'subject_not_found', 'I1: its run says why');
select is_empty('select from api.users where user_id = 77', 'G2: no placeholder is made for it');

select simulation.advance('7 days') \g /dev/null
update test.world_users set gone = 'suspended' where user_id = 1;
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{2,3}', 'I2: a refusal deletes nothing');
select is((select (deleted_at is not null, gone_reason)::text from api.users where user_id = 1), '(t,suspended)', 'G4: the user row says that it is gone, and why');

select simulation.advance('24 hours') \g /dev/null
update test.world_users set gone = null where user_id = 1;
delete from test.world_follows where follower_id = 3;
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{2}', 'when X shows it again, the segment goes on');
select is((select count(*) from api.runs where subject_id = 77), 3::bigint, 'I6: the unknown one is asked for again each time that the re-check is due, and not before');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
