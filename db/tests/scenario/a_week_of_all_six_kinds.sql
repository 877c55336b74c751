-- A week of a small X: people follow, unfollow, rename, post, get suspended and come back; every set follows, and the record is whole.
begin;
select plan(28);

insert into test.world_users select i, 'user_' || i from generate_series(1, 8) as i;
insert into test.world_follows select 1, i from generate_series(2, 6) as i;
insert into test.world_follows select i, 1 from generate_series(4, 8) as i;
insert into test.world_posts select i * 100 + n, i from generate_series(2, 6) as i, generate_series(1, 2) as n;
select api.setting_set('page.follows', '2'), api.setting_set('reconcile.posts_after', '7 days') \g /dev/null
select api.specified_users_set('staff', array[2, 7, 99]) \g /dev/null
select test.enable('segment_specified_users', 'staff') as staff,
       test.enable('segment_followers', '1') as followers,
       test.enable('segment_followed', '1') as followed,
       test.enable('segment_mutuals', '1') as mutuals,
       test.enable('segment_unreciprocated_followed', '1') as unreciprocated,
       test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset

-- The first day
select test.play() \g /dev/null
select is(test.item_ids(:staff), '{2,7}', 'A14: a listed id that X does not know is no member');
select is(test.item_ids(:followers), '{2,3,4,5,6}', 'A1: followers');
select is(test.item_ids(:followed), '{4,5,6,7,8}', 'A1: followed');
select is(test.item_ids(:mutuals), '{4,5,6}', 'A1: mutuals are followers who are followed');
select is(test.item_ids(:unreciprocated), '{7,8}', 'A1: unreciprocated are followed who do not follow');
select is(test.item_ids(:corpus), '{401,402,501,502,601,602}', 'A1: a corpus is the posts by the members of its source');
select is_empty('select test.invariants()', 'the standing invariants hold on the first day');
select is(test.play(), 0::bigint, 'I9: nothing more is bought while everything is fresh');

-- Six hours later: 9 comes, 1 follows 2 back, 2 leaves, 6 posts; 3 renames, and 4 takes the old handle
select simulation.advance('6 hours') \g /dev/null
insert into test.world_users values (9, 'user_9');
insert into test.world_follows values (1, 9), (2, 1);
delete from test.world_follows where target_id = 1 and follower_id = 3;
insert into test.world_posts values (603, 6);
update test.world_users set handle = case user_id when 3 then 'renamed' else 'user_3' end where user_id in (3, 4);
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{2,3,4,5,6,9}', 'I2: an incremental look finds the new follower, and not yet that somebody left');
select is(test.item_ids(:followed), '{2,4,5,6,7,8}', 'A6: who is followed moves with the graph');
select is(test.item_ids(:mutuals), '{2,4,5,6}', 'A6: so do the mutuals');
select is(test.item_ids(:corpus), '{201,202,401,402,501,502,601,602,603}', 'A5: the posts of a new mutual were bought, and a new post was found');
select is((select revision from api.instances where instance_id = :unreciprocated), 1::bigint, 'A8: what did not move keeps its revision');
select is_empty('select test.invariants()', 'the standing invariants hold after an incremental look');

-- A week later: lists are read whole again; 5 is suspended, and 6 has deleted a post
select simulation.advance('7 days') \g /dev/null
update test.world_users set gone = 'suspended' where user_id = 5;
delete from test.world_posts where post_id = 602;
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{2,4,6,9}', 'I3: who left is found when the list is reconciled');
select is(test.item_ids(:mutuals), '{2,4,6}', 'a suspended user is in no list, so in no segment');
select is(test.item_ids(:corpus), '{201,202,401,402,601,603}', 'G4: a deleted post leaves the corpus, and so do the posts of who left the source');
select is_empty('select test.untrue_segments()', 'after a reconcile everything is as X shows it');
select is_empty('select test.invariants()', 'the standing invariants hold after a reconcile');
select results_eq(
  $$ select user_id, old_handle, new_handle from api.handle_changes where user_id in (3, 4) order by user_id $$,
  $$ values (3::bigint, 'user_3' collate "C", null collate "C"), (4, 'user_4', 'user_3') $$,
  'G3: taking a handle is two transitions, of who gains it and of who loses it');
select is((select handle from api.users where user_id = 3), null, 'G3: the former holder has lost the handle');

-- Later: 5 is back, 3 follows again
select simulation.advance('6 hours') \g /dev/null
update test.world_users set gone = null where user_id = 5;
delete from test.world_follows where follower_id = 5 and target_id = 1;
insert into test.world_follows values (1, 3), (1, 5);
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{2,3,4,5,6,9}', 'G4: edges are revived');
select results_eq(
  format('select event, is_first_appearance from api.events(%s) where item_id = 3', :followers),
  $$ values ('enter', false), ('exit', null), ('enter', true) $$,
  'A9: coming back is an enter, and no first appearance');
select is((select handle from api.users where user_id = 3), 'renamed', 'G3: the new handle is known once the user is seen');
select is((select old_handle from api.handle_changes where user_id = 3 order by change_id desc limit 1), null, 'G3: and that is a transition from none');
select is_empty('select test.invariants()', 'the standing invariants hold at the end');

-- The record
select is(
  (select array_agg(reason order by run_id) from api.runs where sync_kind = 'followers' and subject_id = 1),
  '{first,due,reconcile,due}', 'I3: every run says why it was made');
select is_empty($$ select from api.runs where status <> 'success' and error_class <> 'subject_suspended' $$, 'I1: every run ended well');

select * from finish();
rollback;
