-- Every way in which a sync can fail: it ends in an error, its subject waits, and the segment keeps its last good state.
begin;
select plan(23);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows values (1, 2), (1, 3);
select test.enable('segment_followers', '1') as instance \gset
select test.play() \g /dev/null
select base.change_setting('provider.probe', '1 hour'), base.change_setting('counts.serve_for', '30 days') \g /dev/null

create function pg_temp.suffer(p_status integer, p_body text) returns text language plpgsql as $$
declare
  v_instance_id constant bigint := api.instance_id('segment_followers', '{"subject_id": "1"}');
  v_run ingest.runs;
begin
  perform simulation.set_now(greatest(base.now(), (select due_at from ingest.due where sync_kind = 'followers')));
  for v_round in 1 .. 10 loop
    perform test.tick();
    perform test.answer('%/1/followers', p_body, p_status);
    select * into strict v_run from ingest.runs where sync_kind = 'followers' order by run_id desc limit 1;
    exit when v_run.status <> 'in_progress';
    perform simulation.advance('10 minutes');
  end loop;
  perform test.tick();
  return format('%s %s, members %s', v_run.status, v_run.error_class, (select array_agg(m.item_id order by m.item_id) from api.members(v_instance_id) as m));
end $$;
create function pg_temp.failures() returns text language sql as $$ select failure_count || case when retry_at > base.now() then ', waits' else '' end from ingest.subjects where sync_kind = 'followers' $$;

select is(pg_temp.suffer(503, '{"title": "Service Unavailable"}'), 'error server_error, members {2,3}', 'a server that is down');
select is(pg_temp.failures(), '1, waits', 'the subject waits');
select is(pg_temp.suffer(200, '<!DOCTYPE html><html>'), 'error not_json, members {2,3}', 'HTML');
select is(pg_temp.failures(), '2, waits', 'longer');
select is(pg_temp.suffer(200, '{"data": [{"id": "2", "username": "us'), 'error not_json, members {2,3}', 'JSON that is cut off');
select is(pg_temp.suffer(200, ''), 'error not_json, members {2,3}', 'an empty body');
select is(pg_temp.suffer(502, '<html>'), 'error server_error, members {2,3}', 'a proxy');
select is(pg_temp.suffer(404, ''), 'error not_found, members {2,3}', 'a 404 is no proof of deletion');
select is(pg_temp.suffer(302, ''), 'error unexpected, members {2,3}', 'a redirection');
select is((select deleted_at from graph.users where user_id = 1), null, 'G4: and nobody is gone');
select is(pg_temp.suffer(400, '{"title": "Invalid Request", "detail": "One or more parameters to your request was invalid."}'), 'error bad_request, members {2,3}', 'a defect');
select results_eq('select path, query ->> ''max_results'', state, attempt_count, http_status, answer_detail from ingest.calls order by call_id desc limit 1',
  $$ values ('/2/users/1/followers', (select value from base.settings where name = 'page.unsized'), 'failed', 1, 400, 'One or more parameters to your request was invalid.') $$,
  'is not tried again, and the request is kept on the call');
select is(pg_temp.failures(), '8, waits', 'every failed run counts');
select ok((select retry_at - base.now() from ingest.subjects where sync_kind = 'followers') between '1 hour' and '8 hours', 'the wait doubles, up to a cap');
select is(api.why_not(:instance) ->> 'state', 'waiting_for_sync', 'E3: who asks is told');
select is_empty('select test.invariants()', 'the books agree');

-- The subject itself
select is(pg_temp.suffer(200, jsonb_build_object('errors', jsonb_build_array(test.error_object('1', 'protected')))::text), 'error subject_protected, members {2,3}', 'G4: a protected subject keeps its segment');
select is((select is_protected from graph.users where user_id = 1), true, 'G4: the state is recorded on the user');
select is(pg_temp.suffer(200, jsonb_build_object('errors', jsonb_build_array(test.error_object('1', 'suspended')))::text), 'error subject_suspended, members {2,3}', 'G4: so does a suspended one');
select is((select gone_reason from graph.users where user_id = 1), 'suspended', 'G4: which is recorded too');
select ok((select due_at - base.now() from ingest.due where sync_kind = 'followers') between '23 hours' and '24 hours', 'and asked for again slowly');

-- Better times
select simulation.advance('25 hours') \g /dev/null
insert into test.world_follows values (1, 4);
select test.play() \g /dev/null
select is((select array_agg(m.item_id order by m.item_id) from api.members(:instance) as m), '{2,3,4}', 'then it goes on as if nothing had been');
select is_empty('select test.invariants()', 'the books agree');

select * from finish();
rollback;
