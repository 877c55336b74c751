begin;
select plan(30);
select base.change_setting('window.burst', '100') \g /dev/null

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows select i, 1 from generate_series(2, 9) as i;
-- Eight known subjects
select api.specified_users_set('all', array[1, 2, 3, 4, 5, 6, 7, 8]), test.enable('segment_specified_users', 'all') \g /dev/null
select test.play() \g /dev/null

-- An idle tick
set local role rookery_worker;
select api.engine_tick('idle', 10) as tick \gset
select is(array(select jsonb_object_keys(:'tick') order by 1), '{again,calls,decisions,done,materializations,next_at,now,tick_id}', 'E2: a tick says what was done, which calls to make, and when to come back');
select is(:'tick'::jsonb -> 'calls', '[]', 'E2: an idle tick has no calls');
select is((:'tick'::jsonb -> 'decisions', :'tick'::jsonb -> 'materializations')::text, '([],[])', 'E3: it has decided nothing');
select cmp_ok((api.engine_tick('idle', 10) ->> 'tick_id')::bigint, '>', (:'tick'::jsonb ->> 'tick_id')::bigint, 'E1: ticks are numbered');
select is((:'tick'::jsonb -> 'again')::boolean, false, 'E1: and asks for no other');
select is((:'tick'::jsonb ->> 'next_at')::timestamptz - (:'tick'::jsonb ->> 'now')::timestamptz, '10 s', 'E2: it names a time at most 10 s ahead');
select is((:'tick'::jsonb ->> 'now')::timestamptz, '2026-03-02T00:00:00Z', 'E4: by the clock of the database');
reset role;
select test.everything() as before \gset
select test.tick('idle') \g /dev/null
select is(test.everything(), :'before'::jsonb, 'E5: an idle tick writes nothing');

-- Handing out calls
select test.enable('segment_followers', i::text) from generate_series(1, 8) as i \g /dev/null
set local role rookery_worker;
select api.engine_tick('nobody', 0) as tick \gset
select is(:'tick'::jsonb -> 'calls', '[]', 'E2: without slots no call is handed out');
select is(:'tick'::jsonb -> 'done' ->> 'runs_planned', '8', 'E2: what is due is begun all the same');
select api.engine_tick() as tick \gset
select is(:'tick'::jsonb -> 'calls', '[]', 'a person who just says engine_tick() gets no calls');
select api.engine_tick('one', 3) as tick \gset
select is(jsonb_array_length(:'tick'::jsonb -> 'calls'), 3, 'E2: at most as many calls as there are slots');
select is((select array_agg(k order by k) from jsonb_object_keys(:'tick'::jsonb -> 'calls' -> 0) as k), '{call_id,method,path,query}', 'E2: a call is plain HTTP: method, path, query');
select api.engine_tick('two', 100) as tick \gset
select is(jsonb_array_length(:'tick'::jsonb -> 'calls'), 5, 'E6: another worker gets the others');
reset role;
select is((select count(*) from api.calls where state = 'claimed' and worker = 'two'), 5::bigint, 'E6: each call is with one worker');
select is((select array_agg(worker order by worker) from api.workers where worker in ('one', 'two')), '{one,two}', 'workers who tick are known');

-- A worker dies
select is(test.tick('two'), '[]', 'E6: a call that is out is not handed out again');
set local role rookery_worker;
select is((api.engine_tick('two', 0) ->> 'next_at')::timestamptz, (select reads_at + interval '10 s' from simulation.clock), 'E2: nobody waits longer than 10 s');
reset role;
select simulation.advance('25 s') \g /dev/null
set local role rookery_worker;
select api.engine_tick('three', 100) as tick \gset
select is(:'tick'::jsonb -> 'done' ->> 'leases_reaped', '8', 'E6: a lease that ran out is taken back');
select is(jsonb_array_length(:'tick'::jsonb -> 'calls'), 8, 'E6: and its call goes to another worker');
reset role;
select is((select array_agg(distinct attempts) from api.calls where worker = 'three'), '{2}', 'E6: as its second attempt');

-- The window of an endpoint
update ingest.windows set remaining_count = 2, reset_at = base.now() + interval '5 s' where endpoint = 'following';
select test.enable('segment_followed', i::text) from generate_series(1, 4) as i \g /dev/null
set local role rookery_worker;
select jsonb_array_length(api.engine_tick('three', 100) -> 'calls') as handed_out \gset
select is(:handed_out, 2, 'I8: no more calls go out than the window has left');
select api.engine_tick('three', 100) as tick \gset
select is((:'tick'::jsonb ->> 'next_at')::timestamptz - (select reads_at from simulation.clock), '5 s', 'I8: the tick names the time when it opens again');
reset role;
select is((select until_at from api.decisions where kind = 'rate_limit' and about = 'endpoint following'), (select reads_at + interval '5 s' from simulation.clock), 'E3: and a decision says what waits for it');
reset role;
select is(
  (select (d ->> 'decision_id', d ->> 'kind', d ->> 'reason', d ->> 'repeats', (d ->> 'until')::timestamptz)::text
   from jsonb_array_elements(:'tick'::jsonb -> 'decisions') as d where d ->> 'about' = 'endpoint following'),
  (select (decision_id, kind, reason, 1, until_at)::text from api.decisions where about = 'endpoint following'),
  'E3: the tick that decided it tells the same');
select is((select count(*) from jsonb_array_elements(:'tick'::jsonb -> 'decisions')),
  (select count(distinct d) from jsonb_array_elements(:'tick'::jsonb -> 'decisions') as d), 'E3: each decision once');

-- Bad input
set local role rookery_worker;
select throws_ok($$ select api.engine_tick('', 1) $$, 'RK013', 'worker '''' cannot take 1 calls', 'a worker without a name is an error');
select throws_ok($$ select api.engine_tick(null, 1) $$, 'RK013', 'worker null cannot take 1 calls', 'so is none');
select throws_ok($$ select api.engine_tick('w', -1) $$, 'RK013', 'worker ''w'' cannot take -1 calls', 'so is a negative number of slots');
select throws_ok($$ select api.engine_tick('w', 1001) $$, 'RK013', 'worker ''w'' cannot take 1001 calls', 'so are more than 1000');

select * from finish();
rollback;
