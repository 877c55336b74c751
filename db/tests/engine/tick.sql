-- E1: one tick is one bounded step; the rest waits for the next, which is asked for at once.
begin;
select plan(20);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows select i, 9 from generate_series(1, 8) as i;
select api.specified_users_set('all', array(select generate_series(1, 9))::bigint[]), test.enable('segment_specified_users', 'all') \g /dev/null
select test.play() \g /dev/null
select api.setting_set('tick.items', '3') \g /dev/null
select test.enable('segment_followers', i::text) from generate_series(1, 8) as i \g /dev/null

create function pg_temp.tick(p_slots integer default 100) returns jsonb language sql set role = rookery_worker as $$ select api.engine_tick('w', p_slots) $$;
select pg_temp.tick() as tick \gset
select is(:'tick'::jsonb -> 'done' ->> 'runs_planned', '3', 'E1: a tick starts no more syncs than it may');
select is(:'tick'::jsonb -> 'again', 'true', 'E1: and asks for another tick');
select is((:'tick'::jsonb ->> 'next_at')::timestamptz, (:'tick'::jsonb ->> 'now')::timestamptz, 'E2: at once');
select is(jsonb_array_length(:'tick'::jsonb -> 'calls'), 3, 'E1: while the calls of those go out already');
select api.engine_release('w') \g /dev/null
select test.play() \g /dev/null
select is((select count(*) from asset.instances where kind = 'segment_followers' and member_count = 1), 8::bigint, 'E1: nothing is left out in the end');

-- A first materialization has a tick to itself
select api.setting_set('tick.items', '500') \g /dev/null
select test.enable('segment_followed', '9') as followed \gset
select test.tick() \g /dev/null
select test.answer('%/9/following', test.world_body('/2/users/9/following', '{}')) \g /dev/null
select pg_temp.tick() as tick \gset
select is((:'tick'::jsonb -> 'done' ->> 'materialized', :'tick'::jsonb ->> 'again')::text, '(0,true)', 'E1: what reads everything is queued');
update engine.workers set seen_at = seen_at - interval '1 minute';
select pg_temp.tick() as tick \gset
select is((:'tick'::jsonb -> 'done' ->> 'materialized', :'tick'::jsonb ->> 'again')::text, '(1,true)', 'E1: and done in the next tick');
select is((select seen_at from api.workers where worker = 'w'), base.now(), 'E6: whose worker is seen all the same');
select is(:'tick'::jsonb #- '{materializations,0,materialization_id}' -> 'materializations',
  jsonb_build_array(jsonb_build_object('instance_id', :followed, 'status', 'success', 'reads_everything', true, 'entered', 8, 'left', 0, 'members', 8)),
  'E3: it tells which');
select ok(not :'tick'::jsonb -> 'done' ? 'runs_planned', 'E1: which does nothing else');
select is(test.item_ids(:followed), '{1,2,3,4,5,6,7,8}', 'its members are there');

-- What is due moves the time to come back
select test.play(), api.setting_set('counts.serve_for', '12 hours') \g /dev/null
select simulation.advance('5 hours 59 minutes 57 seconds') \g /dev/null
select pg_temp.tick() as tick \gset
select is((:'tick'::jsonb ->> 'next_at')::timestamptz - (:'tick'::jsonb ->> 'now')::timestamptz, '3 s', 'E2: a tick names the time when something is due');
select simulation.advance('3 seconds') \g /dev/null
select pg_temp.tick(0) as tick \gset
select is(:'tick'::jsonb -> 'done' ->> 'runs_planned', '9', 'E2: at that time it is begun');
select is((select count(*) from api.calls where state = 'ready'), 9::bigint, 'E2: its calls wait for somebody who takes them');
select cmp_ok((:'tick'::jsonb ->> 'next_at')::timestamptz, '>', (:'tick'::jsonb ->> 'now')::timestamptz, 'E2: who takes none need not hurry');
select pg_temp.tick(4) as tick \gset
select is((:'tick'::jsonb ->> 'next_at')::timestamptz, (:'tick'::jsonb ->> 'now')::timestamptz + interval '10 s', 'E2: nor who has taken all that it can');
select is((select done ->> 'calls_claimed' from jsonb_to_record(:'tick') as t (done jsonb)), '4', 'E2: a tick counts what it handed out');

-- Where planning alone takes longer than a tick should
select test.play(), base.change_setting('tick.budget', '10 ms') \g /dev/null
create or replace function ingest.tend_waiting_runs(p_subject_id bigint default null) returns void language plpgsql as $$
  begin perform count(*) from generate_series(1, 200000); end $$;
insert into asset.marks (instance_id, cause, look_at) select instance_id, 'root', base.now() from asset.instances;
select api.sync_request('followers', 9, 'full') \g /dev/null
select pg_temp.tick() as tick \gset
select is(:'tick'::jsonb -> 'done' ->> 'instances_looked_at', '1', 'E1: an instance is looked at in any case, so that all are in the end');
select isnt(:'tick'::jsonb -> 'calls', '[]', 'E1: and calls go out');
select lives_ok('select test.tick()', 'E1: until nothing asks for another tick');

select * from finish();
rollback;
