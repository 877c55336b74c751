begin;
select plan(6);

select cardinality(ingest.start_lookups('users', array(select generate_series(1, 250)), 'due')) as runs \gset
select is(:runs, 3, 'I6: 250 ids are three look-ups');
select is((select array_agg(cardinality(item_ids) order by run_id) from ingest.runs), '{100,100,50}', 'I6: of at most a hundred');
select is((select array_agg(distinct i) from ingest.runs, unnest(item_ids) as i), array(select generate_series(1, 250))::bigint[], 'I6: each id once');
select is(ingest.start_lookups('users', '{7,7,8}', 'due'), null, 'what is under way is not asked for again');
select ingest.start_lookups('users', '{8,300,300}', 'due') as more \gset
select is((select item_ids from ingest.runs order by run_id desc limit 1), '{300}', 'only what is new is');
select throws_like($$ insert into ingest.runs (sync_kind, item_ids, mode, reason, started_at) select 'users', array_agg(i), 'full', 'due', base.now() from generate_series(1, 101) as i $$,
  '%a_batch_is_at_most_100%', 'I6: a constraint keeps it so');

select * from finish();
rollback;
