-- Which runs fed an instance, newest first.
begin;
select plan(7);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows values (1, 2), (1, 3);
select api.specified_users_set('watched', '{4, 5}') \g /dev/null
select test.enable('segment_followers', '1') as followers \gset
select test.enable('segment_specified_users', 'watched') as watched, test.enable('segment_mutuals', '1') as mutuals \gset
select test.play() \g /dev/null
select simulation.advance('7 hours'), test.play() \g /dev/null
set local role rookery_web;
select results_eq(format('select r.* from api.runs_of(%s) as r', :followers),
  $$ select run_id from api.runs where sync_kind = 'followers' and subject_id = 1 order by run_id desc $$, 'I1: the runs of the list that it needs, newest first');
select is((select count(*) from api.runs_of(:followers)), 2::bigint, 'both of them');
select results_eq(format('select r.* from api.runs_of(%s) as r', :watched),
  $$ select run_id from api.runs where sync_kind = 'users' and item_ids && '{4, 5}' order by run_id desc $$, 'I6: and of look-ups those that held one of its users');
select is_empty(format('select * from api.runs_of(%s)', :mutuals), 'what needs no sync itself was fed by none');
select is((select count(*) from api.runs_of(:followers, 1)), 1::bigint, 'no more than one asks for');
select throws_ok('select * from api.runs_of(404404)', 'RK004', 'there is no instance 404404', 'nothing was fed by nothing');
select throws_ok(format('select * from api.runs_of(%s, 0)', :followers), 'RK012', null, 'none at all is no page');

select * from finish();
rollback;
