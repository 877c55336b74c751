-- Lists that wait for the look-up of their subject: none may wait for ever.
begin;
select plan(9);

create function pg_temp.statuses() returns text language sql as $$
  select string_agg(subject_id || ' ' || status, ', ' order by subject_id) from ingest.runs where sync_kind = 'followers'
$$;
select ingest.request_sync('followers', i, 'full') from generate_series(1, 4) as i \g /dev/null
select is((select count(*) from ingest.calls), 4::bigint, 'G2: only the look-ups can go out');
update ingest.runs set item_ids = '{1,2,3,4}' where run_id = (select min(run_id) from ingest.runs where sync_kind = 'users');
update ingest.runs set status = 'cancelled', completed_at = base.now() where sync_kind = 'users' and item_ids <> '{1,2,3,4}';
update ingest.calls set state = 'cancelled', answered_at = base.now() where run_id in (select run_id from ingest.runs where status = 'cancelled');
select run_id as look_up from ingest.runs where item_ids = '{1,2,3,4}' \gset
select test.x_answer(:look_up, test.page(jsonb_build_array(test.user_object(1), test.user_object(4) - 'username'), null, jsonb_build_array(test.error_object('2', 'suspended')))) \g /dev/null
select is(pg_temp.statuses(), '1 in_progress, 2 error, 3 error, 4 error', 'a list goes on when its subject came, and ends when it did not, or could not be read');
select is((select array_agg(error_class order by subject_id) from ingest.runs where sync_kind = 'followers'), '{null,subject_suspended,subject_not_found,subject_not_found}', 'with X''s reason');
select is((select count(*) from ingest.calls join ingest.runs using (run_id) where subject_id = 1 and state = 'ready'), 1::bigint, 'one call each');
select is((select count(*) from graph.users where user_id in (2, 3, 4)), 0::bigint, 'G2: nobody is made up');

-- The look-up fails, but another page has brought one of the users meanwhile.
select ingest.request_sync('followers', i, 'full') from generate_series(5, 6) as i \g /dev/null
select test.tick() \g /dev/null
select test.x_users('{5}') \g /dev/null
select ingest.record_answer(call_id, 400, '{}', '{}') from ingest.calls where state = 'claimed' and endpoint = 'users' \g /dev/null
select is(pg_temp.statuses(), '1 in_progress, 2 error, 3 error, 4 error, 5 in_progress, 6 error', 'when the look-up fails, so do the lists that cannot do without it');
select is((select count(*) from ingest.calls join ingest.runs using (run_id) where subject_id = 5 and sync_kind = 'followers' and state = 'ready'), 1::bigint, 'a subject that is known by now needs no look-up');
select ok((select retry_at > base.now() from ingest.subjects where sync_kind = 'followers' and subject_id = 6), 'the others wait before the next try');
select is_empty('select test.broken_runs()', 'every run waits for something');

select * from finish();
rollback;
