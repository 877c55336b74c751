begin;
select plan(18);

select test.x_list('followers', 7, array[test.users_page('{2,1}')]) \g /dev/null
create function pg_temp.refusal(p_reason text) returns text language sql as $$ select jsonb_build_object('errors', jsonb_build_array(test.error_object('7', p_reason)))::text $$;
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('followers', 7, 1, false), ('followers', 7, 2, true);

select test.x_sync('followers', 7) as run \gset
select is(test.x_answer(:run, pg_temp.refusal('suspended')), 'subject_suspended', 'X does not show the subject');
select results_eq(format('select status, error_class, http_status, retry_at from ingest.runs where run_id = %s', :run),
  $$ values ('error', 'subject_suspended', 200, base.now() + interval '24 hours') $$, 'I1: the run ends in an error that says so');
select is(test.x_followers(7), '{1,2}', 'G4: edges stay as they are');
select results_eq('select gone_reason, deleted_at from graph.users where user_id = 7', $$ values ('suspended', base.now()) $$, 'G4: the user is gone, and why');
select results_eq('select refused_class, refused_at, fresh_at is not null from ingest.subjects where sync_kind = ''followers''', $$ values ('subject_suspended', base.now(), true) $$,
  'the subject remembers it, beside its last success');
select is((select due_at from ingest.due), base.now() + interval '24 hours', 'it is asked for again after a slow re-check');
select api.setting_set('subject.recheck', '6 hours') \g /dev/null
select is((select due_at from ingest.due), base.now() + interval '6 hours', 'A5: another setting of how slow moves it at once');
select api.setting_set('subject.recheck', null) \g /dev/null
select results_eq($$ select about, until_at from base.decisions where decision_kind = 'subject_refused' $$, $$ values ('followers of 7', base.now() + interval '24 hours') $$, 'E3: which is a decision');
select is((select count(*) from ingest.unmet_needs(1, 10)), 1::bigint, 'A5: who cannot do without it waits');
select is((select count(*) from ingest.unmet_needs(2, 10)), 0::bigint, 'A5: who can goes on');

select simulation.advance('24 hours') \g /dev/null
select test.tick() \g /dev/null
select test.answer('/2/users', test.users_page('{7}')) \g /dev/null
select test.tick() \g /dev/null
select test.answer('%/7/followers', pg_temp.refusal('protected')) \g /dev/null
select is((select refused_class from ingest.subjects where sync_kind = 'followers'), 'subject_protected', 'the reason may be another one then');
select is((select deleted_at from graph.users where user_id = 7), null, 'G4: a protected user is not gone');

select simulation.advance('24 hours') \g /dev/null
select is(test.tick() -> 0 ->> 'path', '/2/users/7/followers', 'I9: whose list was refused as protected is asked for it at once: that costs nothing');
select test.answer('%/7/followers', test.users_page('{2}')) \g /dev/null
select results_eq('select refused_class, refused_at, fresh_at from ingest.subjects where sync_kind = ''followers''', 'values (null::text, null::timestamptz, base.now())', 'who is shown again is refused no more');
select is((select count(*) from ingest.unmet_needs(1, 10)), 0::bigint, 'A5: and nobody waits');

select test.x_list('posts', 8, array[pg_temp.refusal('protected')]) \g /dev/null
select is((select is_protected from graph.users where user_id = 8), true, 'G4: that somebody is protected is recorded on the user');
select results_eq('select change from graph.user_changes where user_id = 8 order by change_id', '{added,changed}'::text[], 'G7: and logged');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select * from finish();
rollback;
