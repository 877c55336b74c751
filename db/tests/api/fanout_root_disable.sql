begin;
select plan(12);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (2, 1), (3, 1), (1, 2), (4, 2);
select api.specified_users_set('staff', array[2, 3]) \g /dev/null
select api.fanout_root_enable('segment_specified_users', '{"stable_key": "staff"}', 'segment_followers') as source \gset
select test.enable('segment_followers', '3') as three \gset
select test.play() \g /dev/null

set local role rookery_operator;
select is(api.fanout_root_disable('segment_specified_users', '{"stable_key": "staff"}', 'segment_followers'), :source::bigint, 'A3: disabling gives the instance of the source');
select is((select (enabled, targets, disabled_at is not null)::text from api.fanout_roots), '(f,0,t)', 'A3: the root stays, disabled');
select results_eq('select instance_id from api.instances where wanted', format('values (%s::bigint)', :three), 'A3: source and targets rest, but for what another root wants');
reset role;
select is((select sum(members) from api.instances where kind = 'segment_followers'), 2::numeric, 'A3: history stays');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- Enabled again: whoever is in by then
select api.specified_users_set('staff', array[2, 4]) \g /dev/null
select api.fanout_root_enable('segment_specified_users', '{"stable_key": "staff"}', 'segment_followers') \g /dev/null
select test.play() \g /dev/null
select is((select array_agg(params ->> 'subject_id' order by params ->> 'subject_id') from api.instances where kind = 'segment_followers' and wanted), '{2,3,4}', 'A3: enabled again, it follows who is in by then');
select is_empty('select test.invariants()', 'the standing invariants hold after it woke');

-- Fanouts that feed each other: followers of everybody who follows 1, and of those who follow 2
select api.fanout_root_enable('segment_followers', '{"subject_id": "1"}', 'segment_followers'), api.fanout_root_enable('segment_followers', '{"subject_id": "2"}', 'segment_followers') \g /dev/null
select test.play() \g /dev/null
select is_empty('select test.invariants()', 'A3: two fanouts may feed each other');
select api.fanout_root_disable('segment_followers', '{"subject_id": "1"}', 'segment_followers'), api.fanout_root_disable('segment_followers', '{"subject_id": "2"}', 'segment_followers'),
       api.fanout_root_disable('segment_specified_users', '{"stable_key": "staff"}', 'segment_followers'), api.root_disable('segment_followers', '{"subject_id": "3"}') \g /dev/null
select is((select count(*) from api.instances where wanted), 0::bigint, 'A3: what no enabled root reaches any more rests, though it reached itself');

set local role rookery_operator;
select throws_ok($$ select api.fanout_root_disable('segment_followers', '{"subject_id": "1"}', 'segment_followers') $$, 'RK005', 'that is no enabled root: segment_followers {"subject_id": "1"}', 'what is disabled already is an error');
select throws_ok($$ select api.fanout_root_disable('segment_specified_users', '{"stable_key": "staff"}', 'segment_followers', 'scoped_by_source') $$, 'RK005', null, 'so is a fanout in the other mode');
select throws_ok($$ select api.fanout_root_disable('segment_followers', '{"subject_id": "1"}', 'segment_followers', 'both') $$, 'RK015', 'there is no fanout mode ''both''', 'so is an unknown mode');

select * from finish();
rollback;
