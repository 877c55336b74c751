begin;
select plan(28);
select base.change_setting('window.burst', '100') \g /dev/null

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (1, 2), (1, 3);
select test.enable('segment_mutuals', '1') as mutuals \gset
select api.instance_id('segment_followers', '{"subject_id": "1"}') as followers \gset
select test.tick() \g /dev/null
select run_id as followers_run from api.runs where sync_kind = 'followers' \gset
select run_id as users_run from api.runs where sync_kind = 'users' \gset

-- Waiting for a profile
set local role rookery_reader;
select api.why_run(:followers_run) as why \gset
select api.why_run(:users_run) as users_why \gset
reset role;
select is(:'why'::jsonb - '{because,says,started_at}'::text[], jsonb_build_object(
  'about', 'run', 'run_id', :followers_run, 'sync_kind', 'followers', 'subject_id', '1', 'mode', 'full', 'reason', 'first', 'status', 'in_progress',
  'pages', 0, 'resources', 0, 'cost_usd', 0.000000, 'changed', 0, 'removed', 0, 'rejected', 0, 'restarts', 0), 'I1: a run is told whole, ids of X as strings');
select is(jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "consumer").instance.instance_id'), jsonb_build_array(:followers), 'A5: who needs it');
select is(jsonb_path_query_array(:'why', '$.because[*].because[*] ? (@.about == "root").instance.instance_id'), jsonb_build_array(:mutuals), 'A12: up to the root');
select is(jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "run").run_id'), jsonb_build_array(:users_run), 'G2: it waits for the look-up of its subject');
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "run").because[*]') ->> 'held_by', 'lease', 'E6: whose call is out');
select ok(exists (select from test.says(:'users_why'::jsonb) as line where line ~ format('needed by run %s, followers of 1', :followers_run)), 'G2: the look-up knows for whom it is');
select ok(exists (select from test.says(:'users_why'::jsonb) as line where line ~ 'started at 2026-03-02 00:00:00Z: runs wait for these profiles'), 'I1: and why it was started');

-- Held back
select test.answer('/2/users', test.users_page('{1}')) \g /dev/null
update ingest.windows set remaining_count = 0, reset_at = base.now() + interval '7 minutes' where endpoint = 'followers';
select test.tick() \g /dev/null
select is(jsonb_path_query_first(api.why_run(:followers_run), '$.because[*] ? (@.about == "call")') - '{says,call_id}'::text[],
  jsonb_build_object('about', 'call', 'endpoint', 'followers', 'page', 1, 'state', 'ready', 'attempts', 0, 'held_by', 'window', 'until_at', base.now() + interval '7 minutes'),
  'I8: a call says that the window is used up, and until when');
update ingest.providers set stopped_class = 'credits_depleted', stopped_at = base.now(), probe_at = base.now() + interval '1 hour';
select is(jsonb_path_query_first(api.why_run(:followers_run), '$.because[*] ? (@.about == "call")') ->> 'held_by', 'provider', 'I8: of several things the one that lasts longest');
update ingest.providers set stopped_class = null, stopped_at = null, probe_at = null;
update ingest.windows set remaining_count = 10 where endpoint = 'followers';
update ingest.calls set not_before = base.now() + interval '3 s', answer_class = 'server_error' where run_id = :followers_run;
select is(jsonb_path_query_first(api.why_run(:followers_run), '$.because[*] ? (@.about == "call")') ->> 'says' ~ 'goes out again at 2026-03-02 00:00:03Z, after server_error$', true, 'I8: or the back-off');
update ingest.calls set not_before = base.now() where run_id = :followers_run;
select is(jsonb_path_query_first(api.why_run(:followers_run), '$.because[*] ? (@.about == "call")') -> 'held_by', null, 'I8: or nothing');

-- Done
select test.tick() \g /dev/null
select test.answer('%/followers', test.page(jsonb_build_array(test.user_object(2), test.user_object(3), '{"id": "none"}'))) \g /dev/null
select api.why_run(:followers_run) as why \gset
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "changes")') - 'says',
  '{"about": "changes", "is_whole": true, "changes": {"users": {"added": 2}, "follows": {"added": 2}}}', 'G7: what it changed, by the logs');
select ok(exists (select from test.says(:'why'::jsonb) as line where line = 'set 1 rows aside that could not be stored (api.rejects)'), 'what it could not store');
select is((jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "next")') ->> 'until_at')::timestamptz, base.now() + interval '6 hours', 'A5: and when it is due again');
select ok(exists (select from test.says(:'why'::jsonb) as line where line ~ 'its list to the end'), 'I2: whether it read the whole list');
select is(jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "call")'), '[]', 'it waits for nothing more');

-- An unfollow, found by a run that was asked for
select test.answer('%/following', test.users_page('{}')) \g /dev/null
delete from test.world_follows where follower_id = 3;
select api.sync_request('followers', 1, 'full') as requested \gset
select test.play() \g /dev/null
select api.why_run(:requested) as why \gset
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "changes").changes'), '{"follows": {"removed": 1}}', 'G7: each run has its own changes');
select ok(exists (select from test.says(:'why'::jsonb) as line where line ~ ': somebody asked for it'), 'I1: why it was started');
select is((graph.tally_changes(:followers_run, 'followers', 1, 0, null, 1)).is_whole, false, 'what is counted in part says so');

-- Refused
select api.sync_request('posts', 99) as refused \gset
select test.play() \g /dev/null
select api.why_run(:refused) as why \gset
select is(:'why'::jsonb ->> 'error_class', 'subject_not_found', 'I1: a run that failed has a class');
select ok(exists (select from test.says(:'why'::jsonb) as line where line ~ 'failed: subject_not_found \(The subject is not found'), 'I1: and what that means');
select ok(exists (select from test.says(:'why'::jsonb) as line where line ~ 'nothing is due'), 'nobody needs it');

-- Counts
select test.x_look(1, 12) \g /dev/null
select api.sync_request('followers', 1, 'full') as counted \gset
select is(jsonb_path_query_first(api.why_run(:counted), '$.because[*] ? (@.about == "estimate")'),
  '{"about": "estimate", "says": "the profile counted 12; a list of 12 is expected; so pages are of 1000", "subject_count": 12, "expected": 12, "page_size": 1000}', 'I9: what the counts led to expect');
select test.play(), simulation.advance('1 minute'), test.x_look(1, 11) \g /dev/null
insert into test.world_users values (5, 'user_5');
insert into test.world_follows values (1, 4), (1, 5);
select api.sync_request('followers', 1) \g /dev/null
select test.play() \g /dev/null
select simulation.advance('6 hours'), test.x_look(1, 11) \g /dev/null
select test.play() \g /dev/null
select max(run_id) as doubted from api.runs where sync_kind = 'followers' and subject_id = 1 \gset
select ok(exists (select from test.says(api.why_run(:doubted)) as line where line ~ 'more has left the list unseen than may be in doubt'), 'I9: why all of it is read');
select is(jsonb_path_query_first(api.why_run(:doubted), '$.because[*] ? (@.about == "estimate")') ->> 'says', 'the profile counted 11; a list of 0 is expected; 3 must have left the list unseen since it was read in full; so pages are of 1000', 'I9: and what was in doubt');
select is((select (subject_count, expected, doubt, page_size)::text from api.runs where run_id = :doubted), '(11,0,3,1000)', 'I9: the list of runs says it too');

select throws_ok('select api.why_run(-1)', 'RK017', 'there is no run -1', 'an unknown run is an error');
select throws_ok('select api.why_run(null)', 'RK017', 'there is no run null', 'so is none');

select * from finish();
rollback;
