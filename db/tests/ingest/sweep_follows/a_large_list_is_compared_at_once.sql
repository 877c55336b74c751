-- In a database without statistics, as a first full run finds it: the time of a sweep must not grow with the square of the list.
begin;
select plan(3);

select test.x_users(array(select generate_series(1, 20000))) \g /dev/null
select graph.write_follows(array_fill(7, array[19000]), array(select generate_series(1001, 20000)), null, 1) \g /dev/null
select test.x_sync('followers', 7) as run \gset
insert into ingest.pages (run_id, page_no, call_id, item_ids, changed_count, received_at)
select :run, n, 0, array(select generate_series(1000 * n + 1, 1000 * n + 1000)), 0, base.now() from generate_series(1, 18) as n;
set local statement_timeout = '20s';
select ingest.sweep_follows(r) as removed from ingest.runs as r where run_id = :run \gset
select is(:removed, 1000, 'I2: what 18 pages did not show is deleted');
select is(cardinality(test.x_followers(7)), 18000, 'and the rest is not');
select is(ingest.sweep_follows(r), 0, 'I7: once') from ingest.runs as r where run_id = :run;

select * from finish();
rollback;
