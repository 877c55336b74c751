-- W7: a step of clearing away costs what it clears away, whatever the statistics say: after a restore there are none.
begin;
select plan(3);
select simulation.set_now('2026-06-01') \g /dev/null

with old as (
  insert into ingest.runs (sync_kind, subject_id, mode, reason, status, cursor_exhausted, page_count, payer_ids, started_at, completed_at)
  select 'followers', i, 'incremental', 'due', 'success', false, 1, '{}', '2026-01-01', '2026-01-01' from generate_series(1, 3000) as i
  returning run_id
), called as (
  insert into ingest.calls (run_id, endpoint, page_no, state, not_before, created_at, answered_at)
  select run_id, 'followers', 1, 'answered', '2026-01-01', '2026-01-01', '2026-01-01' from old
  returning call_id, run_id
), booked as (
  insert into ingest.ledger (call_id, attempt_no, run_id, endpoint, asked_count, unit_usd, resource_count, billed_count, booked_at, counted_at, closed_at)
  select call_id, 1, run_id, 'followers', 1, 0.01, 1, 1, '2026-01-01', '2026-01-01', '2026-01-01' from called
)
insert into ingest.pages (run_id, page_no, call_id, item_ids, changed_count, received_at)
select run_id, 1, call_id, '{1}', 0, '2026-01-01' from called;
create function pg_temp.read_whole() returns text[] language sql as $$
  select array_agg(relname order by relname)
  from pg_stat_xact_user_tables
  where schemaname = 'ingest' and relname in ('calls', 'ledger', 'pages', 'rejects') and seq_scan > 0
$$;
select is(pg_temp.read_whole(), null, 'nothing was read as a whole before');

select ingest.purge_calls(500), ingest.purge_calls(500) \g /dev/null
select is(pg_temp.read_whole(), null, 'W7: calls and their entries in the ledger are found by their keys');
select ingest.purge_runs(500), ingest.purge_runs(500) \g /dev/null
select is(pg_temp.read_whole(), null, 'W7: so are receipts and what they rejected');

select * from finish();
rollback;
