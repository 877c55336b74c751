-- E5: what a tick looks at is found by its index, among thousands.
begin;
select plan(4);

select test.x_sync('followers', 7) as run \gset
update ingest.calls set state = 'answered', answered_at = base.now();
insert into ingest.calls (run_id, endpoint, page_no, state, not_before, created_at, answered_at)
select :run, 'followers', n, 'answered', base.now(), base.now(), base.now() from generate_series(2, 5000) as n;
insert into ingest.runs (sync_kind, subject_id, mode, reason, page_size, started_at) select 'followers', 100 + i, 'full', 'due', 1000, base.now() from generate_series(1, 3000) as i;
insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at) select run_id, 'followers', 1, base.now(), base.now() from ingest.runs where subject_id > 100;
insert into ingest.due (sync_kind, subject_id, due_at) select 'users', i, base.now() + i * interval '1 s' from generate_series(1, 5000) as i;
analyze ingest.calls, ingest.due, ingest.runs;

select matches(test.plan_of($$ select call_id from ingest.calls where endpoint = 'followers' and state = 'ready' and not_before <= base.now() order by not_before, call_id limit 10 $$),
  'calls_ready_idx', 'the calls that can go out');
select doesnt_match(test.plan_of($$ select call_id from ingest.calls where endpoint = 'followers' and state = 'ready' and not_before <= base.now() order by not_before, call_id limit 10 $$),
  'Sort', 'in their order');
select matches(test.plan_of($$ select call_id from ingest.calls where state = 'claimed' and lease_until <= base.now() $$), 'calls_lease_until_idx', 'the leases that ran out');
select matches(test.plan_of($$ select sync_kind, subject_id from ingest.due where due_at <= base.now() order by due_at, sync_kind, subject_id limit 10 $$), 'due_due_at_idx', 'the subjects that are due');

select * from finish();
rollback;
