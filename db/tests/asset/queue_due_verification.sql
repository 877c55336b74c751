-- A13: each instance is verified in full once a week, one in a tick that has nothing else to do.
begin;
select plan(17);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows select 1, i from generate_series(2, 4) as i;
insert into test.world_follows values (3, 1);
select test.enable('segment_mutuals', '1') as mutuals \gset
select is((select count(*) from asset.verifications), 0::bigint, 'A13: what has no snapshot is not verified');
select test.play() \g /dev/null
select is((select count(*) from asset.verifications), 3::bigint, 'A13: what has one is, from its first success on');
select ok(bool_and(due_at > base.now() and due_at <= base.now() + interval '7 days'), 'A13: within a week') from asset.verifications;
select is(count(distinct due_at), 3::bigint, 'A13: not all at the same time') from asset.verifications;
select is(asset.queue_due_verification(), false, 'nothing is due');
select is((select count(*) from asset.queue), 0::bigint, 'so nothing is queued');

-- Ticks that are not answered: no run ends, nothing else moves
create function pg_temp.tick() returns jsonb language sql as $$ select engine.tick('test worker', 0) $$;
select instance_id as due_id, simulation.set_now(due_at) from asset.verifications order by due_at limit 1 \gset
delete from asset.members where instance_id = :due_id and item_id = 3;
select pg_temp.tick() as tick \gset
select is(:'tick'::jsonb ->> 'again', 'true', 'E1: the idle tick that finds a verification due asks for another');
select results_eq('select instance_id, work from asset.queue', format($$ values (%s::bigint, 'verify') $$, :due_id), 'which will verify that one');
select is((select due_at from asset.verifications where instance_id = :due_id), base.now() + interval '7 days', 'A13: it falls due again a week later');
select is((pg_temp.tick() -> 'done') @> '{"repaired": 1}', true, 'E2: the tick says what it verified and repaired');
select ok(3 = any (test.item_ids(:due_id)), 'A13: and so it is');
select test.play() \g /dev/null
select is((select count(*) from api.decisions where kind = 'repair' and about = 'instance ' || :due_id), 1::bigint, 'E3: the repair is a decision');

-- All of them, in the course of a week
select simulation.advance('7 days') \g /dev/null
select test.play() \g /dev/null
select ok(bool_and(due_at > base.now()), 'A13: after a week every one was verified') from asset.verifications;
select is_empty('select from asset.queue', 'and nothing is left to do');
select is_empty('select test.invariants()', 'the standing invariants hold');

select is((pg_temp.tick() -> 'done') ->> 'verified', '0', 'E5: where nothing is due nothing is verified');
select api.setting_set('verify.after', '1 days') \g /dev/null
select simulation.advance('7 days') \g /dev/null
select test.play() \g /dev/null
select ok(bool_and(due_at <= base.now() + interval '1 day'), 'an operator may have it verified more often') from asset.verifications;

select * from finish();
rollback;
