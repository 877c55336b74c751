-- G8: a page of a thousand followers that are all known writes its receipt and little else.
begin;
select plan(4);

select test.users_page(array(select generate_series(1001, 2000))) as body \gset
select test.x_list('followers', 7, array[:'body']) \g /dev/null
create temp table before on commit drop as select follower_id, ctid as version from graph.follows;
-- Twice: the first time may log whole blocks, which is a matter of the last checkpoint.
select test.x_list('followers', 7, array[:'body']) \g /dev/null
select test.x_sync('followers', 7) as run \gset
select test.x_call(:run) as call \gset
select test.x_wal_bytes_of(format($$ select ingest.record_answer(%s, 200, '{}', %L) $$, :call, :'body')) as wal_bytes \gset

select is_empty('select * from graph.follows as f join before as b using (follower_id) where f.ctid <> b.version', 'G8: no edge has a new row version');
select is_empty(format('select from graph.user_changes where run_id = %s union all select from graph.follow_changes where run_id = %s', :run, :run), 'G8: nothing is logged');
select results_eq(format('select cardinality(item_ids), changed_count from ingest.pages where run_id = %s', :run), 'values (1000, 0)', 'G7: the receipt says who was seen');
select ok(:wal_bytes < 10000, 'G8: it writes little WAL: ' || :wal_bytes);

select * from finish();
rollback;
