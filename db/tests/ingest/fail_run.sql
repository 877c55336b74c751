begin;
select plan(11);

select base.change_setting('counts.serve_for', '30 days'), test.x_look(7) \g /dev/null
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('followers', 7, 1, false);
create function pg_temp.waits_between(p_least interval, p_most interval) returns boolean language plpgsql as $$
declare
  v_run_id bigint;
begin
  perform test.tick();
  select run_id into strict v_run_id from ingest.runs where status = 'in_progress';
  perform test.x_answer(v_run_id, '{"detail": "no"}', 400);
  return (select due_at - base.now() between p_least and p_most from ingest.due);
end $$;
select ingest.reschedule('followers', '{7}') \g /dev/null
select ok(pg_temp.waits_between('45 s', '75 s'), 'a subject waits a minute after the first failed run');
select simulation.advance('75 s') \g /dev/null
select ok(pg_temp.waits_between('90 s', '150 s'), 'twice as long after the second');
select is((select due_at from ingest.due), (select retry_at from ingest.runs order by run_id desc limit 1), 'I1: which the run says too');
select is((select failure_count from ingest.subjects where sync_kind = 'followers'), 2, 'the failures in a row are counted');
update ingest.subjects set failure_count = 30, retry_at = base.now() where sync_kind = 'followers';
select simulation.advance('150 s') \g /dev/null
select ok(pg_temp.waits_between('4 hours 30 minutes', '7 hours 30 minutes'), 'up to a cap');
select is((select count(*) from base.decisions where decision_kind = 'run_failed'), 1::bigint, 'E3: counted on one row');
select is((select fresh_at from ingest.subjects where sync_kind = 'followers'), null, 'I10: a failure makes nothing fresh');
select is((select count(*) from ingest.completions where subject_id = 7), 1::bigint, 'those who need it are told, however it ended');

select simulation.advance('8 hours') \g /dev/null
select test.tick() \g /dev/null
select test.answer('%/followers', test.page('[]')) \g /dev/null
select results_eq('select failure_count, retry_at, fresh_at from ingest.subjects where sync_kind = ''followers''', 'values (0, null::timestamptz, base.now())', 'a success forgets the failures');

select ingest.start_lookups('post_lookup', '{7001}', 'evidence') \g /dev/null
select test.tick() \g /dev/null
select test.answer('/2/tweets', '{"detail": "no"}', 400) \g /dev/null
select results_eq('select status, error_class from ingest.runs where sync_kind = ''post_lookup''', $$ values ('error', 'bad_request') $$, 'a look-up of posts fails too');
select is_empty('select from ingest.subjects where sync_kind = ''post_lookup''', 'I10: and leaves no subject behind, for which nothing would ever be tried again');

select * from finish();
rollback;
