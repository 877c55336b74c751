begin;
select plan(5);

select test.x_sync('followers', 7) as run, test.x_sync('followers', 8) as other \gset
select test.tick('a', 1), test.tick('b', 1) \g /dev/null
select is(ingest.release_calls('a'), 1, 'E6: a worker that stops gives back what it holds');
select is((select attempt_count from ingest.calls where run_id = :run), 0, 'E6: what was not sent is no attempt');
select results_eq('select state, lease_until is null from ingest.calls order by call_id', $$ values ('ready', true), ('claimed', false) $$, 'and nothing of another''s');
select is(ingest.release_calls('a'), 0, 'once');
select is((select worker from ingest.calls where call_id = test.claimed_call('%/8/followers')), 'b', 'the other goes on');

select * from finish();
rollback;
