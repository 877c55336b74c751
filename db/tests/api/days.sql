-- Members by day, from the materializations and never from the members.
begin;
select plan(8);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows values (1, 2), (1, 3);
select test.enable('segment_followers', '1') as followers \gset
select test.enable('segment_followed', '1') as followed \gset
select test.play() \g /dev/null
select simulation.advance('8 days') \g /dev/null
delete from test.world_follows where follower_id = 2;
insert into test.world_follows values (1, 4), (1, 5);
select test.play() \g /dev/null
select simulation.advance('7 hours') \g /dev/null
insert into test.world_follows values (1, 2);
select test.play() \g /dev/null
select simulation.advance('2 days') \g /dev/null

set local role rookery_web;
select results_eq(format('select utc_day, members, entered, "left", began_with from api.days(array[%s])', :followers),
  $$ select d::date, case when d < '2026-03-10' then 2 else 4 end::bigint, case when d = '2026-03-10' then 3 else 0 end::bigint,
            case when d = '2026-03-10' then 1 else 0 end::bigint, case when d = '2026-03-02' then 2 end::bigint
     from generate_series('2026-03-02', '2026-03-12', interval '1 day') as d $$,
  'A9: a row a day from the first success on: members at its end, who entered and left, what it began with');
select results_eq(format('select utc_day, members, entered, "left", began_with from api.days(array[%s], 3)', :followers),
  $$ values (date '2026-03-10', 4::bigint, 3::bigint, 1::bigint, null::bigint), ('2026-03-11', 4, 0, 0, null), ('2026-03-12', 4, 0, 0, null) $$, 'the last days, today the last of them');
select results_eq(format('select utc_day, members, entered from api.days(array[%s], 2)', :followers),
  $$ values (date '2026-03-11', 4::bigint, 0::bigint), ('2026-03-12', 4, 0) $$, 'what was before the first of them is carried into it');
select results_eq(format('select instance_id, count(*), sum(members)::bigint from api.days(array[%s, %s], 11) group by 1 order by 1', :followed, :followers),
  format($$ values (%s::bigint, 11::bigint, %s::bigint), (%s, 11, 0) $$, :followers, 8 * 2 + 3 * 4, :followed), 'several at once, each by itself');
select is((select members from api.days(array[:followers], 1)), (select members from api.instances where instance_id = :followers), 'A10: today''s are those of now');
select is_empty('select * from api.days(array[404404])', 'of what is not there, nothing');
select throws_ok('select * from api.days(array[1], 0)', 'RK012', 'one cannot look back 0 days', 'no day is no time to look back');
select throws_ok('select * from api.days(array[1], 367)', 'RK012', 'one cannot look back 367 days', 'and a year is enough');

select * from finish();
rollback;
