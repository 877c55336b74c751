-- I7: the same answer again, late, or after its lease was taken over.
begin;
select plan(17);
select base.change_setting('window.burst', '100') \g /dev/null

create function pg_temp.books() returns text language sql as $$
  select md5(string_agg(r::text, '|' order by r::text)) from (
    select to_jsonb(t) from ingest.runs as t union all select to_jsonb(t) from ingest.calls as t union all select to_jsonb(t) from ingest.pages as t
    union all select to_jsonb(t) from ingest.subjects as t union all select to_jsonb(t) from ingest.windows as t union all select to_jsonb(t) from ingest.providers as t
    union all select to_jsonb(t) from base.decisions as t union all select to_jsonb(t) from graph.follows as t union all select to_jsonb(t) from graph.follow_changes as t) as b (r)
$$;
create function pg_temp.is_quiet_the_second_time(p_subject_id bigint, p_status integer, p_body text, p_headers jsonb default '{}') returns boolean language plpgsql as $$
declare
  v_run_id constant bigint := test.x_sync('followers', p_subject_id);
  v_call_id constant bigint := test.x_call(v_run_id);
  v_books text;
  v_again jsonb;
begin
  perform test.respond(v_call_id, p_body, p_status, p_headers);
  perform simulation.advance('1 second');
  v_books := pg_temp.books();
  v_again := test.respond(v_call_id, p_body, p_status, p_headers);
  return v_again ->> 'recorded' = 'false' and v_books = pg_temp.books();
end $$;
select ok(pg_temp.is_quiet_the_second_time(11, 200, test.users_page('{1,2}')), 'I7: a last page');
select ok(pg_temp.is_quiet_the_second_time(12, 200, test.users_page('{1,2}', 'more')), 'I7: a page');
select ok(pg_temp.is_quiet_the_second_time(13, 503, ''), 'I7: a server error');
select ok(pg_temp.is_quiet_the_second_time(14, 400, '{}'), 'I7: a defect');
select ok(pg_temp.is_quiet_the_second_time(15, 200, jsonb_build_object('errors', jsonb_build_array(test.error_object('15', 'suspended')))::text), 'I7: a refusal of the subject');
select ok(pg_temp.is_quiet_the_second_time(16, 429, '', '{"x-rate-limit-remaining": "5"}'), 'I7: a limit per second');
select ok(pg_temp.is_quiet_the_second_time(17, 402, ''), 'I7: the end of the credits');

-- The lease of the first worker runs out, a second one gets the call.
update ingest.providers set stopped_class = null, stopped_at = null, probe_at = null;
update ingest.windows set remaining_count = limit_count;
select test.x_sync('followers', 20) as run \gset
select test.x_call(:run) as call \gset
select simulation.advance('26 seconds') \g /dev/null
select is(test.x_call(:run), :call::bigint, 'E6: the same call goes to another worker');
select is(ingest.record_answer(:call, 503, '{}', '', 'gone') ->> 'why', 'another worker has the call', 'E6: a failure of the one that lost it fails nobody''s call');
select is(ingest.record_answer(:call, 402, '{}', '', 'gone') ->> 'recorded', 'false', 'E6: whatever failure it is');
select results_eq(format('select state, worker, attempt_count, answer_class from ingest.calls where call_id = %s', :call), $$ values ('claimed', 'test worker', 2, null::text) $$, 'E6: who has it goes on');
select is((select stopped_at from ingest.providers), null, 'E6: and nothing stops');
select is(ingest.record_answer(:call, 200, '{}', test.users_page('{1,2}', 'more'), 'gone') ->> 'recorded', 'true', 'I7: but the first page counts, whoever sent it');
select is(test.respond(:call, test.users_page('{1,2}', 'more')) - 'run_id', '{"recorded": false, "class": "page", "why": "the call has ended"}', 'I7: the second does not, and is told why');
select is((select page_count from ingest.runs where run_id = :run), 1, 'I4: there is one page');

select test.x_call(:run) as call \gset
select simulation.advance('26 seconds') \g /dev/null
select ingest.reap_calls() \g /dev/null
select is(test.respond(:call, test.users_page('{3}')) ->> 'recorded', 'true', 'I7: a page is welcome also when its lease has run out: it is paid');
select throws_ok('select ingest.record_answer(0, 200, ''{}'', '''')', 'RK010', 'there is no call 0');

select * from finish();
rollback;
