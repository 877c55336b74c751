begin;
select plan(8);

select test.x_sync('followers', 7) as run, test.x_sync('followers', 8) as other \gset
select test.tick('a') \g /dev/null
select simulation.advance('24 s') \g /dev/null
select is(ingest.reap_calls(), 0, 'E6: a lease that runs is left alone');
select simulation.advance('1 s') \g /dev/null
select is(ingest.reap_calls(), 2, 'E6: one that ran out is taken back');
select is((select array_agg(distinct state || ' ' || coalesce(lease_until::text, '-')) from ingest.calls), '{ready -}', 'E6: and the call can go out again');
select test.tick('b') \g /dev/null
select is((select array_agg(distinct worker) from ingest.calls where state = 'claimed'), '{b}', 'E6: to another worker');

select test.tick('b'), simulation.advance('25 s') from generate_series(1, 8) \g /dev/null
select results_eq(format('select r.status, r.error_class, c.state, c.attempt_count from ingest.runs as r join ingest.calls as c using (run_id) where run_id = %s', :run),
  $$ values ('error', 'timeout', 'failed', 6) $$, 'a call that every worker dies of is not sent for ever');
select is((select count(*) from base.decisions where decision_kind = 'run_failed'), 2::bigint, 'E3: which is a decision');
select is(ingest.reap_calls(), 0, 'then there is nothing to reap');
select is_empty('select test.broken_runs()', 'the books agree');

select * from finish();
rollback;
