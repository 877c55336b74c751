-- When a needed subject is due (A5, I10).
begin;
select plan(15);

create function pg_temp.due_in() returns interval language plpgsql as $$
begin
  perform ingest.reschedule('followers', '{7,7}');
  return (select due_at - base.now() from ingest.due where sync_kind = 'followers' and subject_id = 7);
end $$;
select test.x_look(7) \g /dev/null
select is(pg_temp.due_in(), null, 'what nobody needs is never due');
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('followers', 7, 1, false);
select is(pg_temp.due_in(), '0', 'what was never synced is due at once');
select ingest.request_sync('followers', 7, 'full') as run \gset
select is(pg_temp.due_in(), null, 'what is being synced is not due');
select test.x_answer(:run, test.page('[]')) \g /dev/null
select is(pg_temp.due_in(), '6 hours', 'A5: then, after the window that is set');
insert into ingest.needs (sync_kind, subject_id, consumer_id, fresh_within, or_default, tolerates_refusal) values ('followers', 7, 2, '2 hours', false, false), ('followers', 7, 3, '9 hours', false, false);
select is(pg_temp.due_in(), '2 hours', 'A5: of several windows the smallest wins');
delete from ingest.needs where consumer_id in (1, 2);
select is(pg_temp.due_in(), '9 hours', 'A5: a larger one than the set one, if nobody asks for less');
delete from ingest.needs where consumer_id = 3;
select is(pg_temp.due_in(), null, 'who needs it no more makes it rest');

insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('followers', 7, 1, false);
select is((select count(*) from ingest.unmet_needs(1, 10)), 0::bigint, 'I10: a fresh success serves');
select simulation.advance('6 hours') \g /dev/null
select is((select count(*) from ingest.unmet_needs(1, 10)), 1::bigint, 'I10: an old one does not');
select ingest.reschedule('followers', '{7}'), test.tick() \g /dev/null
select results_eq('select sync_kind, subject_id, run_id is not null, look_at from ingest.unmet_needs(1, 10)', $$ values ('followers', 7::bigint, true, null::timestamptz) $$, 'A5: what is missing is named, with the run that is under way');
-- Age
select test.x_look(8), ingest.request_sync('posts', 8, 'full') as run \gset
insert into ingest.needs (sync_kind, subject_id, consumer_id, fresh_within, or_default, tolerates_refusal) values ('posts', 8, 1, '20 days', false, false);
select test.x_answer(:run, test.posts_page('{19}')) \g /dev/null
select is((select due_at - base.now() from ingest.due where sync_kind = 'posts'), '20 days', 'A5: a timeline is due when it is not fresh any more');
select simulation.advance('20 days'), test.tick() \g /dev/null
select test.answer('%/8/tweets', test.page('[]')) \g /dev/null
select is((select due_at - base.now() from ingest.due where sync_kind = 'posts'), '8 days 12 hours', 'I3: or before it is too old, however long it serves');
select simulation.advance('8 days 12 hours'), test.tick() \g /dev/null
select is((select mode || ' ' || reason from ingest.runs where sync_kind = 'posts' and status = 'in_progress'), 'full reconcile', 'I3: and is read in full then');
select test.answer('%/8/tweets', test.page(jsonb_build_array(test.post_object(19)), null, jsonb_build_array(test.error_object('8', 'protected')))) \g /dev/null
select is((select due_at - base.now() from ingest.due where sync_kind = 'posts'), '20 days', 'I3: a run that could not read all is not repeated at once');

select throws_like($$ insert into ingest.needs (sync_kind, subject_id, consumer_id, fresh_within, tolerates_refusal) values ('posts', 7, 1, '0', false) $$, '%fresh_within_is_positive%', 'A5: a window has a length');

select * from finish();
rollback;
