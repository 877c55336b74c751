-- A small world of X and a few weeks of it, for whoever reads: user 1 has followers who come and go, and one is called differently later.
insert into test.world_users select i, 'user_' || i from generate_series(1, 40) as i;
insert into test.world_follows select 1, i from generate_series(2, 30) as i;
insert into test.world_follows select i, 1 from generate_series(2, 10) as i;
insert into test.world_posts select 1000 + i, 2 + i % 5 from generate_series(1, 20) as i;
select api.specified_users_set('watched', array[2, 3, 9223372036854775807]);
select test.enable('segment_specified_users', 'watched');
select test.enable('segment_mutuals', '1'), test.enable('post_corpus_for_segment', 'segment_mutuals 1');
select api.fanout_root_enable('segment_specified_users', '{"stable_key": "watched"}', 'segment_followers');
select test.play();

select simulation.advance('8 days');
delete from test.world_follows where target_id = 1 and follower_id in (3, 4);
insert into test.world_follows select 1, i from generate_series(31, 40) as i;
update test.world_users set handle = 'Renamed' where user_id = 2;
select test.play();

select simulation.advance('8 days');
insert into test.world_follows values (1, 3);
select test.play();

select api.subscription_set(1, '{follow.follow,follow.unfollow}');
select test.new_follower('@user_10', '9'), test.x_follow('follow', 11, 9);
select test.play();

select api.budget_set('everything', 'month', 500), api.budget_set('call:followers', 'day', 20.5);
