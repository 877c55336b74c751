-- I8, I9: the ledger has an entry for each time that a call went out, at its worst price until the real one is known.
begin;
select plan(24);

create function pg_temp.book(p_run_id bigint) returns text language sql as $$
  select string_agg(format('%s: %s of %s at %s is %s%s', attempt_no, coalesce(billed_count::text, '?'), asked_count, trim_scale(unit_usd), trim_scale(booked_usd),
                           case when closed_at is null then ', out' else '' end), '; ' order by call_id, attempt_no)
  from ingest.ledger where run_id = p_run_id
$$;
create function pg_temp.cost(p_run_id bigint) returns text language sql as $$
  select format('%s of %s: %s', billed_count, resource_count, trim_scale(cost_usd)) from ingest.runs where run_id = p_run_id
$$;
select test.x_sync('followers', 7) as run \gset
select is(pg_temp.book(:run), null, 'a call that waits is not booked');
select test.x_call(:run) as call \gset
select is(pg_temp.book(:run), '1: ? of 1000 at 0.01 is 10, out', 'I8: one that went out is booked at its worst price');
select test.respond(:call, test.users_page('{1,2,3}', 'p2')) \g /dev/null
select is(pg_temp.book(:run), '1: 3 of 1000 at 0.01 is 0.03', 'I8: and settled by its answer');
select is(pg_temp.cost(:run), '3 of 3: 0.03', 'I1: which its run sums up');
select test.respond(:call, test.users_page('{1,2,3,4}', 'p2')) \g /dev/null
select is(pg_temp.book(:run), '1: 3 of 1000 at 0.01 is 0.03', 'I7: an answer that comes twice is settled once');

-- Rows that were bought today, rows without an id, and no rows
select test.x_answer(:run, test.page(jsonb_build_array(test.user_object(3), test.user_object(4), '{"name": "who?"}'::jsonb), 'p3')) \g /dev/null
select is(pg_temp.cost(:run), '5 of 6: 0.05', 'I9: what was bought today is free; a row that cannot be read is not');
select test.x_answer(:run, test.users_page('{}')) \g /dev/null
select is(pg_temp.book(:run), '1: 3 of 1000 at 0.01 is 0.03; 1: 2 of 1000 at 0.01 is 0.02; 1: 0 of 1000 at 0.01 is 0', 'an empty page is free');

-- Errors and silence
create function pg_temp.after(p_status integer, p_body text) returns text language plpgsql as $$
declare
  v_run_id constant bigint := test.x_sync('followers', 100 + (select count(*) from ingest.runs));
begin
  perform test.respond(test.x_call(v_run_id), p_body, p_status);
  return pg_temp.book(v_run_id);
end;
$$;
select is(pg_temp.after(503, 'sorry'), '1: 0 of 1000 at 0.01 is 0', 'I9: X bills no error');
select is(pg_temp.after(400, '{}'), '1: 0 of 1000 at 0.01 is 0', 'nor a defect of ours');
select is(pg_temp.after(200, '{"errors": [{"title": "?"}]}'), '1: 0 of 1000 at 0.01 is 0', 'nor a 200 that is an error');
select is(pg_temp.after(200, '{"data": [{"id": "1"'), '1: ? of 1000 at 0.01 is 10', 'I8: a page that was cut off was sold: the worst price stands');
select is(pg_temp.after(429, ''), '1: 0 of 1000 at 0.01 is 0', 'nor a refusal');
update ingest.windows set remaining_count = limit_count;

select test.x_sync('followers', 50) as run \gset
select ingest.record_silence(test.x_call(:run), 'unconnected', 'refused', null) \g /dev/null
select is(pg_temp.book(:run), '1: 0 of 1000 at 0.01 is 0', 'a call that X has never seen is free');
select simulation.advance('10 s') \g /dev/null
select ingest.record_silence(test.x_call(:run), 'timeout', 'too long', null) \g /dev/null
select is(pg_temp.book(:run), '1: 0 of 1000 at 0.01 is 0; 2: ? of 1000 at 0.01 is 10', 'I8: one that got no answer stays booked at its worst price');
select simulation.advance('1 minute') \g /dev/null
select test.x_call(:run) as call \gset
select simulation.advance('26 s'), ingest.reap_calls() \g /dev/null
select is(pg_temp.book(:run), '1: 0 of 1000 at 0.01 is 0; 2: ? of 1000 at 0.01 is 10; 3: ? of 1000 at 0.01 is 10', 'I8: so does one whose worker died');
select test.respond(:call, test.users_page('{8,9}')) \g /dev/null
select is(pg_temp.book(:run), '1: 0 of 1000 at 0.01 is 0; 2: ? of 1000 at 0.01 is 10; 3: 2 of 1000 at 0.01 is 0.02', 'I7: a page that comes late is settled all the same');
select is(pg_temp.cost(:run), '2 of 2: 0.02', 'I1: a run costs what came; what may be lost is in the ledger alone');
select test.x_sync('followers', 51) as run \gset
select test.x_call(:run) as call \gset
select ingest.release_calls('test worker') \g /dev/null
select is(pg_temp.book(:run), '1: ? of 1000 at 0.01 is 10', 'I8: nor is it known of a call that was given back that it was never sent');

-- What is asked for, and of whom
select test.x_users('{60,61}') \g /dev/null
select ingest.request_sync('posts', 60, 'full') as run \gset
select test.x_answer(:run, test.posts_page('{1,2}')) \g /dev/null
select is(pg_temp.book(:run), '1: 2 of 100 at 0.005 is 0.01', 'I9: a post has a price of its own');
select (ingest.start_lookups('users', '{1,2,60}', 'due'))[1] as run \gset
select test.tick() \g /dev/null
select is(pg_temp.book(:run), '1: ? of 3 at 0.01 is 0.03, out', 'I8: a look-up asks for as many as it names');
select api.setting_set('x_v2.own_account', '61') \g /dev/null
select test.x_list('followers', 61, array[test.users_page('{70,71}')]) as run \gset
select is(pg_temp.book(:run), '1: 2 of 1000 at 0.001 is 0.002', 'I9: the lists of the own account are owned reads');
select ingest.request_sync('users', 61, 'full') as run \gset
select test.tick() \g /dev/null
select is(pg_temp.book(:run), '1: ? of 1 at 0.01 is 0.01, out', 'I9: its profile is not');
select api.price_set('user', false, 0.02) \g /dev/null
select test.respond(test.claimed_call('/2/users'), test.users_page('{1,2,60}')) \g /dev/null
select is((select array_agg(unit_usd::float) from ingest.ledger join ingest.runs using (run_id) where sync_kind = 'users'), '{0.01,0.01}', 'a price that changes is one for what goes out after that');
select is_empty('select test.broken_books() union all select test.broken_runs()', 'the books agree');

select * from finish();
rollback;
