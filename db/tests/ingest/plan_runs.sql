begin;
select plan(6);

select test.x_users('{1,2,3}') \g /dev/null
insert into ingest.due (sync_kind, subject_id, due_at) values
  ('followers', 1, base.now() - interval '1 hour'), ('posts', 2, base.now()), ('users', 3, base.now()), ('users', 2, base.now()), ('following', 3, base.now() + interval '1 second');
select is(ingest.plan_runs(1), 1, 'no more is planned than a tick may');
select results_eq('select sync_kind, subject_id from ingest.runs', $$ values ('followers', 1::bigint) $$, 'what is due longest goes first');
select is(ingest.plan_runs(10), 3, 'what is due is planned');
select results_eq('select sync_kind, subject_id, item_ids from ingest.runs where run_id > (select min(run_id) from ingest.runs) order by sync_kind',
  $$ values ('posts', 2::bigint, null::bigint[]), ('users', null, '{2,3}') $$, 'I6: profiles together');
select results_eq('select sync_kind from ingest.due', '{following}'::text[], 'what is not due waits');
select is(ingest.plan_runs(10), 0, 'E5: then there is nothing to plan');

select * from finish();
rollback;
