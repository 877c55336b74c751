-- A3: a root that is disabled costs nothing, keeps its history, and catches up when it is enabled again.
begin;
select plan(17);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows values (1, 2), (1, 3), (3, 1), (1, 4), (4, 1);
insert into test.world_posts values (301, 3), (401, 4);
select test.enable('segment_followers', '1') as followers, test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset
select api.instance_id('segment_mutuals', '{"subject_id": "1"}') as mutuals \gset
select test.play() \g /dev/null

select api.root_disable('post_corpus_for_segment', test.params('post_corpus_for_segment', 'segment_mutuals 1')) \g /dev/null
select results_eq(
  'select kind, wanted from api.instances order by instance_id',
  $$ values ('segment_followers' collate "C", true), ('segment_followed', false), ('segment_mutuals', false), ('post_corpus_for_segment', false) $$,
  'A3: what no enabled root reaches rests; what another root wants does not');
select is(test.item_ids(:corpus), '{301,401}', 'A3: the members of what rests stay');

-- While it rests, 2 becomes a mutual and posts, and 3 stops following
select simulation.advance('8 days') \g /dev/null
insert into test.world_follows values (2, 1);
delete from test.world_follows where follower_id = 3;
insert into test.world_posts values (201, 2), (302, 3), (402, 4);
select is(test.play(), 2::bigint, 'A3: only the list that is still wanted is bought, after a look at its subject');
select is(test.item_ids(:followers), '{2,4}', 'A3: what is wanted goes on');
select is(test.item_ids(:mutuals), '{3,4}', 'A3: what rests is not materialized');
select is((select enabled from api.roots where instance_id = :corpus), false, 'A3: a root is never deleted');
select is_empty('select test.invariants()', 'the standing invariants hold while a root rests');

select is(test.enable('post_corpus_for_segment', 'segment_mutuals 1'), :corpus::bigint, 'A2: the same kind and params are the same instance');
select test.play() \g /dev/null
select is(test.item_ids(:mutuals), '{2,4}', 'A3: it catches up with what changed while it rested');
select is(test.item_ids(:corpus), '{201,401,402}', 'A3: through every depth');
select is((select reads_everything from api.materializations where instance_id = :mutuals order by materialization_id desc limit 1), false, 'by its changes alone');
select is_empty('select test.untrue_segments()', 'everything is as X shows it');
select is_empty('select test.invariants()', 'the standing invariants hold after it woke');

-- Who was in before it rested is followed as before
select simulation.advance('6 hours') \g /dev/null
insert into test.world_posts values (403, 4);
select test.play() \g /dev/null
select is(test.item_ids(:corpus), '{201,401,402,403}', 'A5: the posts of who stayed in all along are needed again');

-- The last root goes too
select api.root_disable('post_corpus_for_segment', test.params('post_corpus_for_segment', 'segment_mutuals 1')),
       api.root_disable('segment_followers', '{"subject_id": 1}') \g /dev/null
select simulation.advance('8 days') \g /dev/null
select is(test.play(), 0::bigint, 'A3: without an enabled root nothing is bought');

-- What was read for somebody else, while it rested, is read by it too
insert into test.world_follows values (1, 5);
select test.x_sync('followers', 1), test.play(), test.enable('segment_followers', '1') \g /dev/null
select is(test.play(), 0::bigint, 'I9: nothing is bought: the list is fresh');
select is(test.item_ids(:followers), '{2,4,5}', 'A6: it moved while the segment rested');

select * from finish();
rollback;
