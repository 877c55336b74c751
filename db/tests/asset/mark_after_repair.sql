-- A13: what is made from a repaired instance is looked at, and verified too if it may have read a wrong membership.
begin;
select plan(12);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
insert into test.world_follows select 1, i from generate_series(2, 4) as i;
insert into test.world_follows select i, 1 from generate_series(2, 5) as i;
select test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset
insert into test.world_posts values (201, 2), (301, 3), (501, 5);
select test.play() \g /dev/null
select api.instance_id('segment_followers', '{"subject_id": "1"}') as followers,
       api.instance_id('segment_mutuals', '{"subject_id": "1"}') as mutuals \gset

-- 5 is taken for a follower; 2's unfollowing makes the mutuals look, and all read it
insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at) select 'user', :followers, 5, checkpoint_id, base.now(), base.now() from asset.instances where instance_id = :followers;
update asset.instances set read_revision = null where instance_id = :mutuals;
insert into asset.marks (instance_id, cause, look_at) values (:mutuals, 'repair', base.now());
select test.play() \g /dev/null
select is(test.item_ids(:mutuals), '{2,3,4,5}', 'what is wrong spreads');
select is(test.item_ids(:corpus), '{201,301,501}', 'as far as it is read');

select asset.repair(:followers) \g /dev/null
select is(array(select instance_id from asset.queue where work = 'verify'), array[:mutuals::bigint], 'A13: what is made from it is verified');
select test.play() \g /dev/null
select is(test.item_ids(:mutuals), '{2,3,4}', 'A13: and corrected by an event');
select is(test.item_ids(:corpus), '{201,301}', 'A13: which all that is made from that follows');
select is_empty('select test.invariants()', 'the standing invariants hold at the end');

-- A pointer that was missing misled nobody, but held up who waited for it
select test.enable('segment_unreciprocated_followers', '1') as fans \gset
select instance_id from asset.instances where instance_id = :followers for no key update \g /dev/null
update asset.instances set checkpoint_id = null, read_revision = null where instance_id = :followers;
select test.tick() \g /dev/null
select is((select checkpoint_id from asset.instances where instance_id = :fans), null, 'A4: without a checkpoint what is made from it waits');
select asset.repair(:followers) \g /dev/null
select is_empty($$ select from asset.queue where work = 'verify' $$, 'A13: where members were right nobody else is verified');
select asset.take_moves() \g /dev/null
select ok(exists (select from asset.marks where instance_id = :fans and look_at <= base.now()), 'A13: who waited is looked at');
select test.play() \g /dev/null
select is(test.item_ids(:fans), '{}', 'and goes on');

-- At rest nothing is looked at
select api.root_disable('post_corpus_for_segment', test.params('post_corpus_for_segment', 'segment_mutuals 1')),
       api.root_disable('segment_unreciprocated_followers', '{"subject_id": 1}') \g /dev/null
delete from asset.members where instance_id = :corpus;
select asset.repair(:corpus) \g /dev/null
select is(test.item_ids(:corpus), '{201,301}', 'A13: what rests is repaired too');
select is_empty('select from asset.marks', 'A3: and goes on resting');

select * from finish();
rollback;
