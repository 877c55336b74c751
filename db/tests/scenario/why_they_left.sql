-- Who left a segment that is made of follows, and why: by choice, or because X does not show them any more; and who came, likewise.
begin;
select plan(33);

insert into test.world_users select i, 'user_' || i from generate_series(1, 20) as i;
insert into test.world_follows select 1, i from generate_series(2, 13) as i;
insert into test.world_follows select i, 1 from generate_series(2, 6) as i;
insert into test.world_follows values (15, 1);
select test.enable('segment_followers', '1') as followers, test.enable('segment_followed', '1') as followed, test.enable('segment_mutuals', '1') as mutuals,
       test.enable('segment_unreciprocated_followed', '1') as unreciprocated \gset
select test.play() \g /dev/null
create function pg_temp.at(p_instance_id bigint) returns bigint language sql as $$ select checkpoint_id from asset.instances where instance_id = p_instance_id $$;
create function pg_temp.diff(p_instance_id bigint, p_from bigint) returns text[] language sql set role = rookery_reader as $$
  select array(select concat_ws(' ', item_id, change, reason, by_whom) from api.diff(p_instance_id, p_from, api.moment_id(p_instance_id)) order by item_id);
$$;
select is((select array_agg(distinct concat_ws(' ', change, reason, by_whom)) from api.diff(:followers, null, pg_temp.at(:followers))), '{entered found}',
  'who was there when the list was first read was found there: nobody knows since when');
select pg_temp.at(:followers) as followers_1, pg_temp.at(:followed) as followed_1, pg_temp.at(:mutuals) as mutuals_1, pg_temp.at(:unreciprocated) as unreciprocated_1 \gset

-- Eight days on, everything that can have happened to somebody has.
select simulation.advance('8 days');
delete from test.world_follows where target_id = 1 and follower_id in (2, 7);
delete from test.world_follows where target_id = 4 and follower_id = 1;
update test.world_users set gone = 'suspended' where user_id in (3, 8, 11);
update test.world_users set gone = 'not_found' where user_id = 9;
update test.world_users set gone = 'suspended' where user_id = 10;
insert into test.world_follows values (1, 15), (1, 14);
select test.play() \g /dev/null
select is(pg_temp.diff(:followers, :followers_1),
  '{"2 left unfollowed item","3 left unknown","7 left unknown","8 left unknown","9 left unknown","10 left unknown","11 left unknown","14 entered followed item","15 entered followed item"}',
  'I9: whom the subject still follows X has shown since; of the others a list says nothing');
select is(pg_temp.diff(:mutuals, :mutuals_1), '{"2 left unfollowed item","3 left unknown","4 left unfollowed subject","15 entered followed item"}',
  'of mutuals: which side it was');
select is(pg_temp.diff(:unreciprocated, :unreciprocated_1), '{"2 entered unfollowed item","15 left followed item"}',
  'who is not followed back any more came since the other one left; who follows back left since that');
select is(pg_temp.diff(:followed, :followed_1), '{"3 left unknown","4 left unfollowed subject"}', 'the subject''s own doing: 4 still follows, so X shows them');
select results_eq(format('select at = base.now(), known_at = base.now() from api.diff(%s, %s, %s) where item_id = 2', :followers, :followers_1, pg_temp.at(:followers)),
  'values (true, true)', 'when, and since when the reason is known');

-- Looking finds out, and costs; nobody is asked about twice.
select results_eq(format('select users, usd from api.leavers_unknown(%s, %s, %s)', :followers, :followers_1, pg_temp.at(:followers)), 'values (6::bigint, 0.06)',
  'I9: so many, at so much');
set local role rookery_operator;
select users, usd, cardinality(run_ids) as runs from api.leavers_look_up(:followers, :followers_1, api.moment_id(:followers)) \gset asked_
reset role;
select is(array[:asked_users, :asked_usd, :asked_runs], '{6,0.06,1}', 'I6: all of them in one look-up');
select ok((api.why_run((select max(run_id) from ingest.runs)) -> 'because' -> 0 ->> 'says') like '%does not say why%', 'whose reason is told');
select lives_ok(format('select api.leavers_look_up(%s, %s, %s)', :mutuals, :mutuals_1, pg_temp.at(:mutuals)), 'another segment asks about one of them');
select is((select count(*) from ingest.runs where reason = 'leaver'), 1::bigint, 'and waits for the same look-up');
select test.tick() \g /dev/null
select test.answer('/2/users', test.page(jsonb_build_array(test.user_object(7)), null, jsonb_build_array(
  test.error_object('3', 'suspended'), test.error_object('8', 'suspended'), test.error_object('9', 'not_found'), test.error_object('10', 'protected')))) \g /dev/null
select is(pg_temp.diff(:followers, :followers_1),
  '{"2 left unfollowed item","3 left suspended item","7 left unfollowed item","8 left suspended item","9 left deleted item","10 left protected item","11 left unknown","14 entered followed item","15 entered followed item"}',
  'now it is known; of 11 X said nothing');
select is(pg_temp.diff(:mutuals, :mutuals_1), '{"2 left unfollowed item","3 left suspended item","4 left unfollowed subject","15 entered followed item"}', 'everywhere');
select results_eq(format('select users, usd from api.leavers_unknown(%s, %s, %s)', :followers, :followers_1, pg_temp.at(:followers)), 'values (1::bigint, 0.01)', 'one is left');
select is((select run_ids from api.leavers_look_up(:followers, :followers_1, pg_temp.at(:followers))), '{}', 'I6: whom X did not show a moment ago is not asked for again');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- What was found out stays so, whatever happens to them later.
select pg_temp.at(:followers) as followers_2, pg_temp.at(:mutuals) as mutuals_2 \gset
update test.world_users set gone = 'suspended' where user_id = 7;
select api.sync_request('users', 7) \g /dev/null
select test.play() \g /dev/null
select is((select reason from api.diff(:followers, :followers_1, :followers_2) where item_id = 7), 'unfollowed', 'who unfollowed has, though suspended later');

-- Eight more days: some are back. 12 is gone and was known to be so before; 13 goes and nobody looks.
update test.world_users set gone = 'suspended' where user_id = 12;
select api.sync_request('users', 12) \g /dev/null
select test.play() \g /dev/null
select simulation.advance('8 days');
update test.world_users set gone = null where user_id in (8, 11);
update test.world_users set gone = 'suspended' where user_id = 13;
insert into test.world_follows values (1, 2), (1, 7);
select test.play() \g /dev/null
select is(pg_temp.diff(:followers, :followers_2), '{"2 entered followed item","8 entered returned item","11 entered unknown","12 left suspended item","13 left unknown"}',
  'who was suspended is back, who unfollowed follows again; of 11 nobody can say; of 12 it was known before');
select ok((select known_at < at from api.diff(:followers, :followers_2, pg_temp.at(:followers)) where item_id = 12), 'as known_at says');
select is((select reason from api.diff(:followers, :followers_1, :followers_2) where item_id = 8), 'suspended', 'why they left once does not change with that');
select is((select reason from api.diff(:followers, :followers_1, :followers_2) where item_id = 11), 'unknown', 'nor does one become known');
select is(pg_temp.diff(:mutuals, :mutuals_2), '{"2 entered followed item"}', 'of mutuals too');

-- A webhook says it by itself.
select pg_temp.at(:followers) as followers_3 \gset
select simulation.advance('1 hour');
select test.x_follow('unfollow', 14, 1), test.x_follow('follow', 16, 1) \g /dev/null
insert into test.world_follows values (1, 16);
delete from test.world_follows where target_id = 1 and follower_id = 14;
select test.play() \g /dev/null
select is(pg_temp.diff(:followers, :followers_3), '{"14 left unfollowed item","16 entered followed item"}', 'W3: an event tells who did what');

-- Back before anybody looked: the past cannot be found out, and nobody is paid for it.
select pg_temp.at(:followers) as followers_4 \gset
select simulation.advance('8 days');
update test.world_users set gone = null where user_id = 13;
select test.play() \g /dev/null
select is((select reason from api.diff(:followers, :followers_2, :followers_3) where item_id = 13), 'unknown', 'who is back before anybody looked: suspended, or away for a while');
select is((select users from api.leavers_unknown(:followers, :followers_2, :followers_3)), 0::bigint, 'I9: and no look would tell');
select is(pg_temp.diff(:followers, :followers_4), '{"13 entered unknown"}', 'neither did they come for a known reason');

-- Where it is set so, everybody is looked up at once.
select api.setting_set('leavers.look_up', 'always') \g /dev/null
select pg_temp.at(:followers) as followers_5 \gset
select simulation.advance('8 days');
update test.world_users set gone = 'not_found' where user_id in (5, 6);
delete from test.world_follows where target_id = 1 and follower_id = 16;
select test.play() \g /dev/null
select is(pg_temp.diff(:followers, :followers_5), '{"5 left deleted item","6 left deleted item","16 left unfollowed item"}', 'leavers.look_up: they are looked up as soon as a sweep misses them');
select is((select reason from api.diff(:followers, :followers_2, :followers_3) where item_id = 13), 'unknown',
  'that X shows somebody in the list since says nothing of the time before');
select is((select array_agg(user_id order by user_id) from ingest.departures where asked_at = base.now()), '{5,5,6,6,16}', 'in whichever list');
select is((select count(*) from ingest.runs where reason = 'leaver' and started_at = base.now()), 1::bigint, 'I9: all in one look-up');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- What is no segment of follows has no such reason.
select api.specified_users_set('staff', '{2,4}') \g /dev/null
select test.enable('segment_specified_users', 'staff') as staff \gset
select test.play() \g /dev/null
select pg_temp.at(:staff) as staff_1 \gset
select api.specified_users_set('staff', '{4}') \g /dev/null
select test.play() \g /dev/null
select is(pg_temp.diff(:staff, :staff_1), '{"2 left"}', 'a set is what an operator says');
select results_eq(format('select users, usd from api.leavers_unknown(%s, %s, %s)', :staff, :staff_1, pg_temp.at(:staff)), 'values (0::bigint, 0::numeric)', 'and nothing is to be found out');

select * from finish();
rollback;
