-- I5: who shares a search, and from when on it reads.
begin;
select plan(14);

select simulation.set_now('2026-06-10T12:00:00Z') \g /dev/null
select base.change_setting('posts.retweets', 'exclude') \g /dev/null
create function pg_temp.poll(p_author_ids bigint[], p_polled_at timestamptz) returns void language sql as $$
  select test.x_users(p_author_ids);
  insert into ingest.subjects (sync_kind, subject_id, fresh_at, full_at, polled_at) select 'posts', i, p_polled_at, p_polled_at, p_polled_at from unnest(p_author_ids) as i
$$;
create function pg_temp.searches() returns table (author_ids bigint[], since text) language sql as $$
  select item_ids, to_char(to_timestamp(((since_id >> 22) + 1288834974657) / 1000.0) at time zone 'UTC', 'DD HH24:MI:SS') from ingest.runs where sync_kind = 'search' order by run_id
$$;

-- Length
select pg_temp.poll(array(select 1000000000000000000 + i from generate_series(1, 40) as i), '2026-06-10T06:00:00Z') \g /dev/null
select ingest.start_searches(array(select 1000000000000000000 + i from generate_series(1, 40) as i)) \g /dev/null
select results_eq('select cardinality(author_ids) from pg_temp.searches()', '{17,17,6}'::integer[], 'I5: as many authors as the query may be long');
select ok(max(length(q.query ->> 'query')) <= 512, 'I5: and never longer') from ingest.calls as c join ingest.runs as r using (run_id) cross join ingest.x_v2_request(c, r) as q;
select is((select count(distinct i) from pg_temp.searches() cross join unnest(author_ids) as i), 40::bigint, 'each author once');
select is((select array_agg(distinct since) from pg_temp.searches()), '{10 05:59:00}', 'I5: from the last poll on, and a little before');
select is_empty('select test.broken_runs()', 'the books agree');
delete from ingest.calls; delete from ingest.runs; delete from ingest.subjects;

select pg_temp.poll(array(select i::bigint from generate_series(1, 150) as i), '2026-06-10T06:00:00Z') \g /dev/null
select base.change_setting('search.query_length', '4096') \g /dev/null
select ingest.start_searches(array(select i::bigint from generate_series(1, 150) as i)) \g /dev/null
select results_eq('select cardinality(author_ids) from pg_temp.searches()', '{100,50}'::integer[], 'a hundred at most, however long a query may be');
delete from ingest.calls; delete from ingest.runs; delete from ingest.subjects;

-- Age
select pg_temp.poll('{11}', '2026-06-10T00:00:00Z'), pg_temp.poll('{12}', '2026-06-10T11:00:00Z') \g /dev/null
select ingest.start_searches('{12,11}') \g /dev/null
select results_eq('select * from pg_temp.searches()', $$ values ('{11,12}'::bigint[], '09 23:59:00') $$,
  'I9: of those polled on this UTC day the oldest poll counts: nothing is billed twice on one day');
delete from ingest.calls; delete from ingest.runs; delete from ingest.subjects;

select pg_temp.poll('{21}', '2026-06-09T23:50:00Z'), pg_temp.poll('{22}', '2026-06-09T23:46:00Z'), pg_temp.poll('{23}', '2026-06-09T23:20:00Z'), pg_temp.poll('{24}', '2026-06-10T01:00:00Z') \g /dev/null
select ingest.start_searches('{24,23,22,21}') \g /dev/null
select results_eq('select * from pg_temp.searches()',
  $$ values ('{23}'::bigint[], '09 23:19:00'), ('{22,21}', '09 23:45:00'), ('{24}', '10 00:59:00') $$,
  'I9: of those polled before, only who was polled at about the same time shares a search');
select base.change_setting('search.spread', '1 hours') \g /dev/null
delete from ingest.calls; delete from ingest.runs;
select ingest.start_searches('{24,23,22,21}') \g /dev/null
select results_eq('select * from pg_temp.searches()', $$ values ('{23,22,21}'::bigint[], '09 23:19:00'), ('{24}', '10 00:59:00') $$, 'how near is a setting');
delete from ingest.calls; delete from ingest.runs; delete from ingest.subjects;

-- Order
select pg_temp.poll('{33,31,32}', '2026-06-10T06:00:00Z'), pg_temp.poll('{35,34}', '2026-06-10T05:00:00Z') \g /dev/null
select ingest.start_searches('{31,35,33,32,34}') \g /dev/null
select results_eq('select author_ids from pg_temp.searches()', $$ values ('{34,35,31,32,33}'::bigint[]) $$, 'E4: the same authors make the same searches');
select is((select q.query ->> 'query' from ingest.calls as c join ingest.runs as r using (run_id) cross join ingest.x_v2_request(c, r) as q),
  '(from:34 OR from:35 OR from:31 OR from:32 OR from:33) -is:retweet', 'I5: by id, without retweets, and in brackets, since a blank binds closer than OR');
delete from ingest.calls; delete from ingest.runs;
select ingest.start_searches('{}') \g /dev/null
select is_empty('select from ingest.runs', 'nobody is no search');

select throws_ok($$ insert into ingest.runs (sync_kind, item_ids, mode, reason, started_at) values ('search', '{1}', 'incremental', 'due', base.now()) $$, '23514', null, 'a search without a beginning cannot be');
select throws_ok($$ insert into ingest.runs (sync_kind, subject_id, since_id, mode, reason, started_at) values ('search', 1, 1, 'incremental', 'due', base.now()) $$, '23514', null, 'nor one of a single subject');

select * from finish();
rollback;
