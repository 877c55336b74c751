begin;
select plan(16);

select test.x_sync('followers', 7) as run \gset
create function pg_temp.wait_of(p_run_id bigint) returns interval language sql as $$ select not_before - base.now() from ingest.calls where run_id = p_run_id and state = 'ready' $$;

select is(test.x_answer(:run, '', 503), 'server_error', 'a server error');
select is(pg_temp.wait_of(:run), base.backoff('2 s', '300 s', 1, 'call ' || call_id), 'E4: the call waits, with a jitter that is a hash of call and attempt') from ingest.calls where run_id = :run;
select is(test.x_call(:run), null, 'and does not go out before');
select simulation.advance('1 hour') \g /dev/null
select is(test.x_answer(:run, '<html>'), 'not_json', 'no JSON');
select ok(pg_temp.wait_of(:run) between '3 s' and '5 s', 'the second wait is twice as long');
select simulation.advance('1 hour') \g /dev/null
select is(test.x_answer(:run, '{"errors": [{"message": "Over capacity"}]}'), 'api_error', 'nothing but an error');
select simulation.advance('1 hour') \g /dev/null
select is(test.x_answer(:run, '', 404), 'not_found', 'a 404 proves nothing');
select simulation.advance('1 hour') \g /dev/null
select is(ingest.record_silence(test.x_call(:run), 'timeout', 'no answer in 20 s', null) ->> 'class', 'timeout', 'no answer');
select results_eq(format('select status, attempt_count from ingest.runs join ingest.calls using (run_id) where run_id = %s', :run), $$ values ('in_progress', 5) $$, 'each was an attempt');
select simulation.advance('1 hour') \g /dev/null
select test.x_answer(:run, '{"detail": "down"}', 503) \g /dev/null
select results_eq(format('select status, http_status, error_class, error_detail, retry_at > base.now(), completed_at = base.now() from ingest.runs where run_id = %s', :run),
  $$ values ('error', 503, 'server_error', 'down', true, true) $$, 'I1: after the sixth the run fails, with status, class and the time of the next');
select is((select state from ingest.calls where run_id = :run), 'failed', 'and its call with it');
select results_eq('select failure_count, retry_at from ingest.subjects', format('select 1, retry_at from ingest.runs where run_id = %s', :run), 'the subject waits');
select results_eq($$ select about, reason, until_at from base.decisions where decision_kind = 'run_failed' $$,
  format($$ select 'followers of 7', 'server_error', retry_at from ingest.runs where run_id = %s $$, :run), 'E3: which is a decision');

-- Retry-After
select test.x_sync('followers', 8) as asked \gset
select test.x_answer(:asked, '', 503, '{"Retry-After": "120"}') \g /dev/null
select is(pg_temp.wait_of(:asked), '2 minutes', 'who asks to be left alone for a while is');
select simulation.advance('2 minutes') \g /dev/null
select test.x_answer(:asked, '', 503, '{"retry-after": "999999999"}') \g /dev/null
select is(pg_temp.wait_of(:asked), '5 minutes', 'no longer than the longest back-off');
select simulation.advance('5 minutes') \g /dev/null
select test.x_answer(:asked, '', 503, '{"retry-after": "Fri, 31 Dec 2026 23:59:59 GMT"}') \g /dev/null
select ok(pg_temp.wait_of(:asked) between '6 s' and '10 s', 'a date is not read: clocks differ');

select * from finish();
rollback;
