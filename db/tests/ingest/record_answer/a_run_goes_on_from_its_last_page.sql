-- I4: after a crash no page is paid for twice.
begin;
select plan(5);

select test.x_list('followers', 7, array[test.users_page('{9,8}', 'p2'), test.users_page('{6,5}', 'p3')]) as run \gset
select test.x_call(:run) as call \gset
select simulation.advance('26 seconds') \g /dev/null
select test.tick('another worker') \g /dev/null
select results_eq(format('select call_id, state, worker, attempt_count, query ->> ''pagination_token'' from ingest.calls where run_id = %s and answered_at is null', :run),
  format($$ values (%s::bigint, 'claimed', 'another worker', 2, 'p3') $$, :call), 'I4: another worker asks for the page that is missing');
select test.respond(:call, test.users_page('{4}')) \g /dev/null
select results_eq(format('select status, page_count, resource_count, restart_count from ingest.runs where run_id = %s', :run),
  $$ values ('success', 3, 5::bigint, 0) $$, 'I4: each page was bought once');
select is(test.x_followers(7), '{4,5,6,8,9}', 'I4: and nothing is missing');
select results_eq(format('select page_no from ingest.pages where run_id = %s order by 1', :run), '{1,2,3}'::integer[], 'I4: one receipt a page');
select is_empty('select test.broken_runs()', 'the books agree');

select * from finish();
rollback;
