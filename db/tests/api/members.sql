begin;
select plan(12);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows select 1, i from generate_series(2, 4) as i;
insert into test.world_follows values (2, 1);
insert into test.world_posts values (201, 2), (202, 2);
select test.enable('segment_followers', '1') as followers, test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset
set local role rookery_reader;
select is_empty(format('select * from api.members(%s)', :followers), 'an instance that was not materialized has no members');
reset role;
select test.play() \g /dev/null

select simulation.advance('8 days') \g /dev/null
delete from test.world_follows where target_id = 1 and follower_id = 3;
insert into test.world_follows values (1, 5);
select test.play() \g /dev/null
set local role rookery_reader;
select results_eq(
  format('select item_id, since from api.members(%s)', :followers),
  $$ values (2::bigint, timestamptz '2026-03-02T00:00:00Z'), (4, '2026-03-02T00:00:00Z'), (5, '2026-03-10T00:00:00Z') $$,
  'A10: members are who is in now, and since when, in the order of their ids');
select results_eq(format('select item_id from api.members(%s)', :corpus), $$ values (201::bigint), (202) $$, 'A1: the members of a corpus are posts');
select results_eq(format('select item_id from api.members(%s, 2)', :followers), $$ values (2::bigint), (4) $$, 'a page is as long as one asks');
select results_eq(format('select item_id from api.members(%s, 2, 4)', :followers), $$ values (5::bigint) $$, 'the next page comes after the last id');
select is_empty(format('select item_id from api.members(%s, 2, 5)', :followers), 'after the last there is none');
select throws_ok('select * from api.members(-1)', 'RK004', 'there is no instance -1', 'an unknown instance is an error');
select throws_ok('select * from api.members(null)', 'RK004', 'there is no instance null', 'so is none');
select throws_ok(format('select * from api.members(%s, 0)', :followers), 'RK012', 'a page cannot have 0 members after 0', 'so is an empty page');
select throws_ok(format('select * from api.members(%s, 5, null)', :followers), 'RK012', 'a page cannot have 5 members after null', 'so is a page after nothing');
reset role;

-- Somebody comes back
select simulation.advance('6 hours') \g /dev/null
insert into test.world_follows values (1, 3);
select test.play() \g /dev/null
set local role rookery_reader;
select is((select since from api.members(:followers) where item_id = 3), '2026-03-10T06:00:00Z', 'A9: who came back is in since then');
select is((select since from api.members(:followers) where item_id = 2), '2026-03-02T00:00:00Z', 'A10: who stayed is in since the beginning');

select * from finish();
rollback;
