-- A5, I10: what an instance needs must have been synced, with success, within its window.
begin;
select plan(10);

insert into test.world_users select i, 'user_' || i from generate_series(1, 3) as i;
insert into test.world_follows values (1, 2);
select test.enable('segment_followers', '1') as followers \gset
create function pg_temp.waits(p_instance_id bigint) returns boolean language sql as $$
  select asset.waits_for_sync(i) from asset.instances as i where instance_id = p_instance_id;
$$;
select ok(pg_temp.waits(:followers), 'A5: it waits before its first sync');
select test.play() \g /dev/null
select ok(not pg_temp.waits(:followers), 'A5: it does not wait while that is fresh');
select simulation.advance('5 hours 59 minutes') \g /dev/null
select ok(not pg_temp.waits(:followers), 'A5: for six hours');
select simulation.advance('1 minute') \g /dev/null
select ok(pg_temp.waits(:followers), 'A5: and not longer');

-- A run that fails refreshes nothing
select test.tick() \g /dev/null
select test.answer('/2/users', test.users_page('{1}')) \g /dev/null
select test.tick() \g /dev/null
select test.answer('%/followers', '{"title": "bad"}', 400) \g /dev/null
select ok(pg_temp.waits(:followers), 'I10: a run that failed does not count');
select is((select array_agg(status order by run_id desc) from api.runs where sync_kind = 'followers'), '{error,success}', 'it did fail');
select matches(
  (select detail #>> '{syncs,0}' from api.decisions where about = 'instance ' || :followers and reason = 'waits for syncs: followers'),
  '"subject_id": "1"', 'E3: the decision names the sync that is missing');
select is(
  (select until_at from api.decisions where about = 'instance ' || :followers and reason = 'waits for syncs: followers'),
  (select retry_at from api.runs where sync_kind = 'followers' order by run_id desc limit 1), 'E3: and when it is tried again');

-- The smallest window wins
select api.setting_set('freshness.followers', '1 hours') from (select simulation.set_now(max(retry_at)) from api.runs) as t \g /dev/null
select test.play() \g /dev/null
select ok(not pg_temp.waits(:followers), 'A5: a run that succeeds does count');
select simulation.advance('1 hour') \g /dev/null
select ok(pg_temp.waits(:followers), 'A5: for as long as the window is set');

select * from finish();
rollback;
