-- I3, as the planner starts runs for a subject that somebody needs.
begin;
select plan(7);

select base.change_setting('counts.serve_for', '30 days'), test.x_look(7) \g /dev/null
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('followers', 7, 1, false);
select ingest.reschedule('followers', '{7}') \g /dev/null
create function pg_temp.next_run() returns text language plpgsql as $$
declare
  v_run ingest.runs;
begin
  perform test.tick();
  select * into v_run from ingest.runs where status = 'in_progress';
  if not found then
    return null;
  end if;
  perform test.x_answer(v_run.run_id, test.users_page('{8}'));
  return v_run.mode || ', ' || v_run.reason;
end $$;

select is(pg_temp.next_run(), 'full, first', 'I3: the first run of a subject is full');
select simulation.advance('6 hours') \g /dev/null
select is(pg_temp.next_run(), 'incremental, due', 'I3: the next reads what is new');
select is(pg_temp.next_run(), null, 'I10: a success serves for the window of freshness');
select simulation.advance('6 days 18 hours') \g /dev/null
select is(pg_temp.next_run(), 'full, reconcile', 'I3: a full one follows when the last full one is a week old');
select simulation.advance('6 hours') \g /dev/null
select is(pg_temp.next_run(), 'incremental, due', 'I3: and the week begins again');
select simulation.advance('6 hours') \g /dev/null
select base.change_setting('reconcile.after', '12 hours') \g /dev/null
select is(pg_temp.next_run(), 'full, reconcile', 'I3: the age is a setting');
select simulation.advance('7 days') \g /dev/null
select ingest.request_sync('followers', 7, 'incremental') as run \gset
select is((select mode from ingest.runs where run_id = :run), 'incremental', 'who asks for an incremental run gets one');

select * from finish();
rollback;
