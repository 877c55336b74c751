-- A moment as an operator says it, and the materialization that it names (A11).
begin;
select plan(14);

insert into test.world_users select i, 'user_' || i from generate_series(1, 3) as i;
select test.enable('segment_specified_users', 'staff') as staff \gset
create function pg_temp.moment(p_moment text) returns bigint language sql set role = rookery_reader as $$
  select api.moment_id(api.instance_id('segment_specified_users', '{"stable_key": "staff"}'), p_moment);
$$;
select is(pg_temp.moment(null), null, 'before the first there is none');
select simulation.set_now('2026-05-01T12:00:00Z') \g /dev/null
select api.specified_users_set('staff', '{1}'), test.play() \g /dev/null
select checkpoint_id as first from asset.instances \gset
select simulation.set_now('2026-05-09T12:00:00Z') \g /dev/null
select api.specified_users_set('staff', '{1,2}'), test.play() \g /dev/null
select checkpoint_id as second from asset.instances \gset
select simulation.set_now('2026-05-09T18:00:00Z') \g /dev/null

select is(pg_temp.moment(null), :second::bigint, 'none named: the latest');
select is(pg_temp.moment(:'first'), :first::bigint, 'an id');
select is(array[pg_temp.moment('7d'), pg_temp.moment('168 hours'), pg_temp.moment('1 week'), pg_temp.moment('6h'), pg_temp.moment('360min')],
  array[:first, :first, :first, :second, :second]::bigint[], 'how long ago');
select is(pg_temp.moment('2026-05-09T11:59:59Z'), :first::bigint, 'a time');
select is(pg_temp.moment('2026-05-09T14:00:00+02:00'), :second::bigint, 'in any zone');
select is(pg_temp.moment('2026-05-09'), :first::bigint, 'a day: as it began, in UTC');
select is(pg_temp.moment('2 years'), null, 'when nobody was in yet: none');
select is(array[pg_temp.moment('99999 years'), pg_temp.moment('99999 months')], '{null,null}', 'A11: nor before any calendar began');
select throws_ok($$ select pg_temp.moment('yesterday') $$, 'RK020', 'that is no moment: ''yesterday''', 'what PostgreSQL would take for a time is none');
select throws_ok($$ select pg_temp.moment('2026-02-30') $$, 'RK020', 'that is no moment: ''2026-02-30''', 'nor is a day that no calendar has');
select throws_ok($$ select pg_temp.moment('2026-06-01') $$, 'RK020', 'no membership is known of 2026-06-01 00:00:00Z', 'nor one to come');
select throws_ok($$ select pg_temp.moment('404404') $$, 'RK016', format('instance %s has no materialization 404404', :staff), 'an id of nothing');
select throws_ok('select api.moment_id(404404)', 'RK004', 'there is no instance 404404', 'an unknown instance');

select * from finish();
rollback;
