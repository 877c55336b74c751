-- A5: the smallest window that anybody asks for counts, a root's own among them.
begin;
select plan(9);

insert into test.world_users select i, 'user_' || i from generate_series(1, 3) as i;
insert into test.world_follows values (1, 2);

create function pg_temp.due() returns timestamptz language sql as $$ select due_at from ingest.due where sync_kind = 'followers' and subject_id = 1; $$;
select base.now() as start \gset

select test.enable('segment_followers', '1') \g /dev/null
select test.play() \g /dev/null
select is(pg_temp.due(), :'start'::timestamptz + interval '6 hours', 'A5: six hours unless set');
select api.root_enable('segment_mutuals', '{"subject_id": "1"}', '1 hour') \g /dev/null
select is(pg_temp.due(), :'start'::timestamptz + interval '1 hour', 'A5: another root wants it fresher: the smallest window wins');
select api.root_enable('segment_mutuals', '{"subject_id": "1"}', '12 hours') \g /dev/null
select is(pg_temp.due(), :'start'::timestamptz + interval '6 hours', 'A5: a longer window does not make it older than the other root allows');
select api.root_disable('segment_followers', '{"subject_id": "1"}') \g /dev/null
select is(pg_temp.due(), :'start'::timestamptz + interval '12 hours', 'A5: alone, it is the root''s own');
select api.setting_set('freshness.followers', '2 hours') \g /dev/null
select is(pg_temp.due(), :'start'::timestamptz + interval '12 hours', 'A5: which does not follow the setting');
select api.root_enable('segment_mutuals', '{"subject_id": "1"}') \g /dev/null
select is(pg_temp.due(), :'start'::timestamptz + interval '2 hours', 'A5: without its own it does');
select throws_ok($$ select api.root_enable('segment_mutuals', '{"subject_id": "1"}', '300000 years') $$, 'RK014', 'nothing is planned for longer than 1000 years, not for 300000 years',
  'A5: nor so late that PostgreSQL has no such time');
select throws_ok($$ select api.root_enable('segment_mutuals', '{"subject_id": "1"}', '0 s') $$, 'RK014', 'nothing can be fresh within 00:00:00', 'A5: nothing is fresh within no time');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
