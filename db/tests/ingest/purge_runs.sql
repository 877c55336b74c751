-- W7: calls and receipts of old runs are cleared away, and the runs that no kept row names.
begin;
select plan(22);
select simulation.set_now('2026-01-01 12:00+00') \g /dev/null

-- One run changes the graph, one only confirms, one fails; one looks at a profile whose counts it moves.
select test.x_list('followers', 1, array[test.users_page('{2,3}')]) as changed \gset
select test.x_list('followers', 1, array[test.users_page('{2,3}')]) as confirmed \gset
select test.x_sync('following', 1) as failed \gset
select test.x_answer(:failed, '{}', 400) \g /dev/null
update graph.user_counts set followers_count = 7 where user_id = 1 \g /dev/null
select test.x_sync('users', 1) as looked \gset
select test.x_answer(:looked, test.page(jsonb_build_array(test.user_object(1) || '{"public_metrics": {"followers_count": 8}}'))) \g /dev/null
select is((select run_id from graph.user_counts where user_id = 1), :looked::bigint, 'the look moved the counts');
select is(array(select is_named from ingest.runs where run_id in (:changed, :confirmed, :failed) order by run_id), '{true,false,false}',
  'G7: whom the log names is noted with the page');
-- Three more that a kept row names: a sweep that finds one gone, a refusal, and the cause of a materialization.
select test.x_list('followers', 1, array[test.users_page('{2}')]) as swept \gset
select test.x_sync('following', 2) as refused \gset
select test.x_answer(:refused, jsonb_build_object('errors', jsonb_build_array(test.error_object('2', 'suspended')))::text) \g /dev/null
select test.enable('segment_followers', '3') as followers_of_3 \gset
select test.x_list('followers', 3, array[test.users_page('{}')]) as asked \gset
select test.tick(), test.tick() \g /dev/null
select is((select (changed_count, removed_count) from ingest.runs where run_id = :swept), (0::bigint, 1::bigint), 'a sweep found one gone');
select is(array(select is_named from ingest.runs where run_id in (:swept, :refused) order by run_id), '{true,true}', 'G7: the log names a sweep, and who was refused');
select ok((select is_named from ingest.runs where run_id = :asked) and exists (
  select from asset.materializations where instance_id = :followers_of_3 and causes @> jsonb_build_array(jsonb_build_object('id', :asked))),
  'A12: a materialization names the run that it waited for');
select api.root_disable('segment_followers', test.params('segment_followers', '3')) \g /dev/null
select count(*) as calls from ingest.calls \gset
select is(ingest.purge_calls(100), 0, 'W7: nothing is deleted before its time');
select is(ingest.purge_runs(100), 0, 'W7: neither runs nor receipts');

select simulation.advance('89 days 23 hours') \g /dev/null
select test.x_sync('followers', 3) as young \gset
select test.x_answer(:young, test.users_page('{4}')) \g /dev/null
select simulation.advance('1 hour 1 s') \g /dev/null
select sum(booked_usd) as spent from api.spend \gset
select is(ingest.purge_calls(2), 2, 'W7: calls go a few at a time');
select is(ingest.purge_calls(100), :calls - 2, 'W7: until the first that is young');
select is((select count(*) from ingest.ledger), 1::bigint, 'W7: their entries in the ledger went with them');
select is((select sum(booked_usd) from api.spend), :spent::numeric, 'W7: what they cost is still known');
select is(ingest.purge_runs(1), 1, 'W7: runs go by their pages, one run at least');
select is((select up_to_run_id from ingest.cleared_runs), (select min(run_id) from ingest.runs), 'W7: it is noted how far');
select is(ingest.purge_runs(100) > 0, true, 'W7: until the first that is young');
select is(array(select run_id from ingest.pages), array[:young::bigint], 'W7: old receipts are gone');
select set_has(format('select unnest(%L::bigint[])', array(select run_id from ingest.runs)), format('values (%s::bigint), (%s), (%s), (%s), (%s), (%s)', :changed, :looked, :swept, :refused, :asked, :young),
  'W7: a run stays that the log, or a user''s counts, names');
select set_hasnt(format('select unnest(%L::bigint[])', array(select run_id from ingest.runs)), format('values (%s::bigint), (%s)', :confirmed, :failed),
  'W7: one that confirmed, or failed, goes');
select is_empty('select test.invariants()', 'the invariants hold');

-- A run that is under way may be held against whatever came since it began.
select test.x_sync('following', 3) as long \gset
select test.x_sync('followers', 4) as later \gset
select test.x_answer(:later, test.users_page('{5}')) \g /dev/null
select simulation.advance('100 days') \g /dev/null
select is((select count(*) from ingest.runs where run_id = :young and ingest.cleared_until() > completed_at), 1::bigint, 'what ended before it began is old');
select ingest.purge_calls(100) \g /dev/null
select is((select count(*) from ingest.calls where run_id = :young), 0::bigint, 'W7: and goes');
select is((select count(*) from ingest.calls where run_id = :later), 1::bigint, 'I2: what came since a run under way began is not cleared away');
select is_empty('select test.invariants()', 'the invariants hold with a run under way');

select * from finish();
rollback;
