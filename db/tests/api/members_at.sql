-- A11: the membership at any past time.
begin;
select plan(11);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
select base.now() as made_at \gset
select simulation.advance('1 hour') as first_at \gset
select api.specified_users_set('staff', array[1, 2]) \g /dev/null
select test.enable('segment_specified_users', 'staff') as staff \gset
select test.play() \g /dev/null
select simulation.advance('1 hour') as second_at \gset
select api.specified_users_set('staff', array[2, 3]) \g /dev/null
select test.play() \g /dev/null
select simulation.advance('1 hour') as now \gset

create function pg_temp.at(p_at timestamptz) returns bigint[] language sql set role = rookery_reader as $$
  select array(select item_id from api.members_at(api.instance_id('segment_specified_users', '{"stable_key": "staff"}'), p_at) order by item_id);
$$;
select is(pg_temp.at(:'made_at'), '{}', 'A11: before the first materialization nobody was in');
select is(pg_temp.at('-infinity'), '{}', 'A11: however long before');
select is(pg_temp.at(:'first_at'), '{1,2}', 'A11: at the moment of a materialization its members are in');
select is(pg_temp.at(:'second_at'::timestamptz - interval '1 second'), '{1,2}', 'A11: and until the next one');
select is(pg_temp.at(:'second_at'), '{2,3}', 'A11: then those of the next');
select is(pg_temp.at(:'now'), '{2,3}', 'A11: now is a time too');
select throws_ok(format('select api.members_at(%s, %L)', :staff, :'now'::timestamptz + interval '1 hour'), 'RK020', 'no membership is known of 2026-03-02 04:00:00Z',
  'A11: a time to come is a clear error');
select results_eq(format('select item_id from api.members_at(%s, %L, 1, 1)', :staff, :'first_at'), $$ values (2::bigint) $$, 'A11: a page of it comes after the last id');
select throws_ok(format('select api.members_at(%s, %L, 1, null)', :staff, :'first_at'), 'RK012', 'a page cannot have 1 members after null', 'a page after nothing');
select throws_ok(format('select api.members_at(%s, null)', :staff), 'RK020', 'no membership is known of null', 'no time');
select throws_ok($$ select api.members_at(404404, '2026-01-01') $$, 'RK004', 'there is no instance 404404', 'an unknown instance');

select * from finish();
rollback;
