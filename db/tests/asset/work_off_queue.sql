-- What may take long has a tick of its own: materializations from everything, and verifications.
begin;
select plan(8);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (1, 2), (1, 3), (2, 1);
select test.enable('segment_followers', '1') as followers, test.enable('segment_followed', '1') as followed \gset
create function pg_temp.work_off() returns text[] language sql as $$ select asset.work_off_queue('infinity'); $$;
select is(pg_temp.work_off(), '{}', 'nothing is queued');
select test.play() \g /dev/null
select is(pg_temp.work_off(), '{}', 'nothing is left');

insert into asset.queue (instance_id, work, queued_at) values (:followers, 'verify', base.now()), (:followers, 'materialize', base.now());
select is(pg_temp.work_off(), '{success,verified}', 'one instance may wait for both');
select is_empty('select from asset.queue', 'and both are done');
insert into asset.queue (instance_id, work, queued_at) values (:followers, 'verify', base.now() + interval '1 second'), (:followed, 'verify', base.now());
select is(asset.work_off_queue('-infinity'), '{verified}', 'E1: after the deadline nothing further begins');
select is((select instance_id from asset.queue), :followers::bigint, 'what waits longest is first');
delete from asset.queue;
select api.root_disable('segment_followers', '{"subject_id": 1}') \g /dev/null
insert into asset.queue (instance_id, work, queued_at) values (:followers, 'verify', base.now()), (:followers, 'materialize', base.now());
select is(pg_temp.work_off(), '{verified}', 'A3: what rests is not materialized; A13: but it is verified');
select is_empty('select from asset.queue', 'and waits for nothing');

select * from finish();
rollback;
