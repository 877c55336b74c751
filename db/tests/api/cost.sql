-- What was spent this month, and what is expected for the rest of it.
begin;
select plan(14);

select simulation.set_now('2026-03-21T00:00:00Z') \g /dev/null
insert into test.world_users select i, 'user_' || i from generate_series(1, 40) as i;
insert into test.world_follows select 1, i from generate_series(11, 30) as i;
insert into test.world_follows select i, 1 from generate_series(31, 40) as i;
create function pg_temp.cost(p_by text) returns text language sql as $$
  select string_agg(format('%s %s + %s', what, spent_usd, expected_usd), ', ' order by what) from api.cost(p_by)
$$;
select is(pg_temp.cost('root'), null, 'nothing is spent and nothing expected');
select test.enable('segment_followers', '1') as followers \gset
select format('root:%s', root_id) as root from asset.roots where instance_id = :followers \gset
select is(pg_temp.cost('root'), :'root' || ' 0.00 + 0.01', 'before anything is known, what is known of it is expected');
select test.play() \g /dev/null
select is(pg_temp.cost('root'), :'root' || ' 0.21 + 0.00', 'I9: a profile and twenty followers');
select is(pg_temp.cost('call'), 'call:followers 0.20 + 0.00, call:users 0.01 + 0.00', 'by kind of call');
insert into graph.user_counts (user_id, followers_count) values (1, 20) on conflict (user_id) do update set followers_count = 20;
select is((select expected_usd from api.cost('root')),
  round((0.2 * 30 / 7 + 30 * (0.01 + 0.01 * least(20, base.setting_integer('page.small')))) / 30 * 11, 2), 'a root without a full day of history: as estimated, for eleven days');
select is((select count(*) from api.cost('day')), 11::bigint, 'by day');

-- After a full day it is what that cost
select test.enable('segment_mutuals', '1') as mutuals \gset
select test.play(), simulation.set_now('2026-03-22T12:00:00Z') \g /dev/null
select is((select round(expected_usd / spent_usd, 1) from api.cost('call') where what = 'call:following'), 9.5, 'the mean of the full days, for nine and a half days to come');
select is((select sum(spent_usd) from api.cost('day')), 0.31, 'each kind of listing sums up to the same');
select is((select sum(spent_usd) from api.cost('call')), (select sum(spent_usd) from api.cost('root')), 'to the cent');
select ok((select abs(sum(expected_usd) - (select sum(expected_usd) from api.cost('root'))) <= 0.06 from api.cost('day')), 'so does what is expected, but for rounding');
select api.root_disable('segment_mutuals', '{"subject_id": "1"}') \g /dev/null
select is((select coalesce(sum(expected_usd), 0) from api.cost('call') where what = 'call:following'), 0.00, 'a root that is disabled will spend nothing more');
insert into ingest.deliveries values ('2026-03-20', 'follow.follow', 7, 0.7);
select pg_temp.cost('day') as here \gset
set local timezone = 'Pacific/Auckland';
select is(pg_temp.cost('day'), :'here', 'I8: days are days in UTC, wherever one asks');
reset timezone;
select throws_ok($$ select * from api.cost('week') $$, 'RK033', 'spending is not known by ''week''', 'there are three ways to look at it');
select simulation.set_now('2026-04-01T00:00:00Z') \g /dev/null
select is((select coalesce(sum(spent_usd), 0) from api.cost('root')), 0.00, 'a new month begins at nothing');

select * from finish();
rollback;
