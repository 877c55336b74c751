begin;
select plan(9);

select test.x_list('followers', 7, array[test.users_page('{3,2}', 'p2')]) as run \gset
select is(test.x_followers(7), '{2,3}', 'I4: a page''s rows are in as it arrives');
select results_eq(format('select page_no, item_ids, next_token, changed_count from ingest.pages where run_id = %s', :run),
  $$ values (1, '{3,2}'::bigint[], 'p2', 2) $$, 'G7: the receipt says what the page held');
select results_eq(format('select page_no, page_token from ingest.calls where run_id = %s and state = ''ready''', :run), $$ values (2, 'p2') $$, 'I4: and the next call carries its cursor');
select test.x_answer(:run, test.users_page('{}', 'p3')) \g /dev/null
select is((select status from ingest.runs where run_id = :run), 'in_progress', 'an empty page with a token is not the end');
select test.x_answer(:run, test.users_page('{1,3}')) \g /dev/null
select results_eq(
  format('select status, cursor_exhausted, page_count, resource_count, billed_count, cost_usd, changed_count, removed_count, completed_at from ingest.runs where run_id = %s', :run),
  $$ values ('success', true, 3, 4::bigint, 3::bigint, 0.030000, 3::bigint, 0::bigint, base.now()) $$, 'I1, I9: the run says how it went and what it cost: a follower repeated is billed once');
select is(test.x_followers(7), '{1,2,3}', 'I4: a follower repeated on two pages is one edge');
select results_eq($$ select fresh_at, full_at from ingest.subjects where subject_id = 7 $$, 'values (base.now(), base.now())', 'I10: the subject is fresh');
select test.x_list('following', 7, array[test.users_page('{4}')]) \g /dev/null
select results_eq('select target_id from graph.follows where follower_id = 7', '{4}'::bigint[], 'following runs the other way');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select * from finish();
rollback;
