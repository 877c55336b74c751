begin;
select plan(14);

\set refused '{"errors": [{"parameters": {"pagination_token": ["x"]}}]}'
select test.x_list('followers', 7, array[test.users_page('{3,2,1}')]) \g /dev/null
select test.x_list('followers', 7, array[test.users_page('{9,3}', 'old')]) as run \gset
select test.x_call(:run) as call \gset
select is(test.respond(:call, :'refused', 400) ->> 'class', 'cursor_refused', 'X does not know the cursor any more');
select results_eq(format('select page_no, page_token, attempt_count from ingest.calls where run_id = %s and state = ''ready''', :run), 'values (2, null::text, 0)', 'I4: the run starts over');
select results_eq($$ select about, (detail ->> 'resources_bought_again')::integer from base.decisions where decision_kind = 'run_restarted' $$,
  format($$ values ('run %s', 2) $$, :run), 'I4: and says so');
select is(test.respond(:call, :'refused', 400) ->> 'recorded', 'false', 'I7: a second refusal of the same cursor changes nothing');
select is(test.respond(:call, test.users_page('{8}')) ->> 'recorded', 'false', 'I2: a late page of the old cursor is no beginning of the new sweep');

select test.x_answer(:run, test.users_page('{4}', 'new')) \g /dev/null
select test.x_answer(:run, test.users_page('{2}')) \g /dev/null
select is(test.x_followers(7), '{2,4}', 'I2: what only the first sweep saw was not seen');
select results_eq(format('select status, page_count, first_page, restart_count from ingest.runs where run_id = %s', :run), $$ values ('success', 3, 2, 1) $$, 'G7: the receipts of both stay');

select test.x_sync('followers', 8) as stubborn \gset
select test.x_answer(:stubborn, test.users_page('{1}', 'a')), test.x_answer(:stubborn, :'refused', 400) from generate_series(1, 4) \g /dev/null
select results_eq(format('select status, error_class, restart_count from ingest.runs where run_id = %s', :stubborn), $$ values ('error', 'cursor_refused', 3) $$, 'the fourth time it fails');
select test.x_sync('followers', 9) as first_page \gset
select test.x_answer(:first_page, :'refused', 400) \g /dev/null
select is((select error_class from ingest.runs where run_id = :first_page), 'cursor_refused', 'a refusal without a cursor is a failure at once');


select test.x_list('followers', 10, array[test.users_page('{3}')]) \g /dev/null
select test.x_list('followers', 10, array[test.page(jsonb_build_array(test.user_object(3)), 'a', '[{"message": "Over capacity"}]')]) as partial \gset
select test.x_answer(:partial, :'refused', 400) \g /dev/null
select test.x_answer(:partial, test.users_page('{2}')) \g /dev/null
select is(test.x_followers(10), '{2}', 'I2: a sweep that left nothing out proves what the one before could not');

-- Incremental: the pages that come again hold no new edge, those behind them may.
select test.x_list('followers', 7, array[test.users_page('{6,5}', 'old')], 'incremental') as newer \gset
select test.x_answer(:newer, :'refused', 400) \g /dev/null
select test.x_answer(:newer, test.users_page('{6,5}', 'new')) \g /dev/null
select is((select status from ingest.runs where run_id = :newer), 'in_progress', 'I2: an incremental run reads on behind what it read before');
select test.x_answer(:newer, test.users_page('{12}', 'next')) \g /dev/null
select test.x_answer(:newer, test.users_page('{4,2}', 'last')) \g /dev/null
select is((select status from ingest.runs where run_id = :newer), 'success', 'I2: and stops at the first page there that holds no new edge');
select is(test.x_followers(7), '{2,4,5,6,12}', 'I2: it has missed none');
select is_empty('select test.broken_runs()', 'the books agree');

select * from finish();
rollback;
