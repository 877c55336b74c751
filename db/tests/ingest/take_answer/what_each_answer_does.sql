begin;
select plan(15);
select base.change_setting('window.burst', '100') \g /dev/null

select ok(not exists (select from ingest.answer_classes where action not in ('store', 'retry', 'wait', 'stop', 'restart', 'reword', 'refuse', 'fail')), 'every class has a known action');

select test.x_sync('posts', 7) as posts \gset
select is(test.x_answer(:posts, '{"errors": [{"parameters": {"post.fields": ["note_post"]}}]}', 400), 'vocabulary_refused', 'X refuses the new words');
select is((select vocabulary from ingest.providers), 'tweet', 'it is asked in the old ones');
select test.x_call(:posts) as call \gset
select ok(query ? 'tweet.fields' and not query ? 'post.fields', 'from the next call on, which goes out at once') from ingest.calls where call_id = :call;
select is(test.respond(:call, '{"errors": [{"parameters": {"tweet.fields": ["x"]}}]}', 400) ->> 'class', 'vocabulary_refused', 'X refuses those too');
select test.x_answer(:posts, '{"errors": [{"parameters": {"post.fields": ["x"]}}]}', 400) from generate_series(1, 4) \g /dev/null
select results_eq(format('select status, error_class from ingest.runs where run_id = %s', :posts), $$ values ('error', 'vocabulary_refused') $$, 'which is not asked for ever');

select test.x_sync('followers', 8) as defect \gset
select is(test.x_answer(:defect, '{"detail": "One or more parameters to your request was invalid."}', 400), 'bad_request', 'any other 400 is a defect');
select results_eq(format('select status, attempt_count, error_detail from ingest.runs join ingest.calls using (run_id) where run_id = %s', :defect),
  $$ values ('error', 1, 'One or more parameters to your request was invalid.') $$, 'which is not tried again, and says what X said');

select test.x_sync('followers', 9) as fast \gset
select test.x_answer(:fast, '', 429, '{"x-rate-limit-remaining": "5"}') \g /dev/null
select is(not_before - base.now(), base.backoff('2 s', '300 s', 1, 'call ' || call_id), 'I8: a limit per second is waited for') from ingest.calls where run_id = :fast;
select simulation.advance('5 minutes'), test.x_answer(:fast, '', 429, '{"x-rate-limit-remaining": "5"}') from generate_series(1, 20) \g /dev/null
select ok(not_before - base.now() between '45 s' and '80 s', 'I8: longer each time, so that nothing is hammered') from ingest.calls where run_id = :fast;
select is((select status from ingest.runs where run_id = :fast), 'in_progress', 'I8: but waiting is no failure, however often');
select simulation.advance('5 minutes') \g /dev/null
select is(test.x_answer(:fast, test.users_page('{1}')), 'page', 'I8: and ends with the first answer');

select test.x_sync('followers', 10) as retried \gset
select test.x_answer(:retried, '', 503), simulation.advance('1 hour') from generate_series(1, 5) \g /dev/null
select test.x_answer(:retried, test.users_page('{1}', 'a')) \g /dev/null
select is((select attempt_count from ingest.calls where run_id = :retried and state = 'ready'), 0, 'every page has its own attempts');
select results_eq(format('select http_status, answer_class, answer_detail from ingest.calls where run_id = %s and state = ''answered''', :retried), $$ values (200, 'page', null::text) $$,
  'a call remembers its last answer');
select is_empty('select test.broken_runs()', 'the books agree');

select * from finish();
rollback;
