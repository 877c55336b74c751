-- I9: before lists are read, their subjects' profiles are looked at, all of them together; what that brings decides what is bought.
begin;
select plan(25);

create function pg_temp.profile(p_user_id bigint, p_followers bigint, p_is_protected boolean default false) returns jsonb language sql as $$
  select test.user_object(p_user_id) || jsonb_build_object('protected', p_is_protected, 'public_metrics', jsonb_build_object('followers_count', p_followers, 'following_count', 1))
$$;
create function pg_temp.asked(p_calls jsonb) returns setof text language sql as $$
  select concat_ws(' ', c ->> 'path', c -> 'query' ->> 'ids', c -> 'query' ->> 'max_results') from jsonb_array_elements(p_calls) as c order by 1
$$;
select test.x_users('{1,2,3,4}') \g /dev/null
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal)
select k, i, 1, false from generate_series(1, 3) as i, unnest('{followers,following}'::text[]) as k union all select 'followers', i, 1, false from unnest('{4,5}'::bigint[]) as i;

-- First reads, one of them of nobody
select test.tick() as calls \gset
select results_eq(format('select pg_temp.asked(%L)', :'calls'), '{"/2/users 1,2,3,4,5"}'::text[], 'I6: the subjects of all lists that wait, of whatever kind, known or not, are one look-up');
select is(test.tick(), '[]', 'which is made once');
select test.answer('/2/users', test.page((select jsonb_agg(pg_temp.profile(i, i * 10, i = 4)) from generate_series(1, 4) as i), null, jsonb_build_array(test.error_object('5', 'not_found')))) \g /dev/null
select test.tick() as calls \gset
select is(jsonb_array_length(:'calls'), 7, 'then all lists go out, but for the one of nobody');
select results_eq($$ select subject_id, expected_count, reason from ingest.runs where sync_kind = 'followers' and status = 'in_progress' order by 1 $$,
  $$ values (1::bigint, 10::bigint, 'first'), (2, 20, 'first'), (3, 30, 'first'), (4, 40, 'first') $$, 'I9: a first run expects what the profile counts');
select test.respond((c ->> 'call_id')::bigint, case when c ->> 'path' ~ '/4/' then test.page('[]', null, jsonb_build_array(test.error_object('4', 'protected'))) else test.users_page('{101,102}') end)
from jsonb_array_elements(:'calls') as c \g /dev/null
select is((select array_agg(concat(subject_id, ' ', refused_class) order by subject_id) from ingest.subjects where sync_kind = 'followers' and refused_class is not null), '{"4 subject_protected","5 subject_not_found"}', 'I1: who is protected, or nobody, is refused');

-- Six hours later
select simulation.advance('6 hours') \g /dev/null
select test.tick() as calls \gset
select results_eq(format('select pg_temp.asked(%L)', :'calls'), '{"/2/users 1,2,3"}'::text[], 'I9: nothing is listed before the counts are there');
select test.answer('/2/users', test.page(jsonb_build_array(pg_temp.profile(1, 10), pg_temp.profile(2, 500)), null, jsonb_build_array(test.error_object('3', 'suspended')))) \g /dev/null
select test.tick() as calls \gset
select results_eq(format('select pg_temp.asked(%L)', :'calls'), '{"/2/users/1/followers 10","/2/users/1/following 10","/2/users/2/followers 48","/2/users/2/following 10"}'::text[],
  'I9: pages are of the size that the counts call for, and of who is gone nothing is asked');
select results_eq($$ select sync_kind, error_class, page_count, cost_usd, retry_at - base.now() from ingest.runs where subject_id = 3 and status = 'error' order by 1 $$,
  $$ values ('followers', 'subject_suspended', 0, 0.0, interval '24 hours'), ('following', 'subject_suspended', 0, 0.0, '24 hours') $$, 'I1: its lists end as refused, and cost nothing');
select is((select count(*) from graph.follows where 3 in (target_id, follower_id) and deleted_at is null), 4::bigint, 'G4: its edges stay');
select test.respond((c ->> 'call_id')::bigint, test.users_page('{101,102}')) from jsonb_array_elements(:'calls') as c \g /dev/null
select results_eq($$ select sum(resource_count) from ingest.runs where sync_kind = 'users' and started_at = base.now() $$, 'values (2::numeric)', 'I9: the look costs one resource a profile');
select test.tick() \g /dev/null

-- A look serves for a while
select simulation.advance('10 minutes') \g /dev/null
update ingest.due set due_at = base.now() where subject_id in (1, 2) and sync_kind = 'followers';
select test.tick() as calls \gset
select results_eq(format('select pg_temp.asked(%L)', :'calls'), '{"/2/users/1/followers 10","/2/users/2/followers 10"}'::text[], 'I9: counts that were read ten minutes ago serve');
select test.respond((c ->> 'call_id')::bigint, test.users_page('{101,102}')) from jsonb_array_elements(:'calls') as c \g /dev/null

-- A look that fails, and one that leaves a user out
select simulation.advance('6 hours') \g /dev/null
select test.tick() \g /dev/null
select is((select profile_run_id from ingest.runs where subject_id = 1 and is_waiting limit 1), (select max(run_id) from ingest.runs where sync_kind = 'users'), 'G7: a run says which look it waits for');
select test.answer('/2/users', '{}', 400) \g /dev/null
select test.tick() as calls \gset
select results_eq(format('select pg_temp.asked(%L)', :'calls'), '{"/2/users/1/followers 100","/2/users/1/following 100","/2/users/2/followers 100","/2/users/2/following 100"}'::text[],
  'I9: when the look fails, lists of known users do without counts');
select test.respond((c ->> 'call_id')::bigint, test.users_page('{101,102}')) from jsonb_array_elements(:'calls') as c \g /dev/null
select simulation.advance('6 hours') \g /dev/null
select test.tick() \g /dev/null
select test.answer('/2/users', test.page(jsonb_build_array(pg_temp.profile(1, 10)))) \g /dev/null
select test.tick() as calls \gset
select results_eq(format('select pg_temp.asked(%L)', :'calls'), '{"/2/users/1/followers 10","/2/users/1/following 10","/2/users/2/followers 100","/2/users/2/following 100"}'::text[],
  'I9: so does the list of a known user whom X left out without a reason');
select test.respond((c ->> 'call_id')::bigint, test.users_page('{101,102}')) from jsonb_array_elements(:'calls') as c \g /dev/null
select test.tick() \g /dev/null
select is_empty('select test.broken_runs()', 'every run waits for something');

-- The next day: gone, protected, back
select simulation.advance('5 hours 50 minutes') \g /dev/null
select test.tick() as calls \gset
select results_eq(format('select pg_temp.asked(%L)', :'calls'), '{"/2/users 5","/2/users/4/followers 1000"}'::text[], 'I9: the list of a protected user is asked for at once, since a refusal costs nothing, and so does a look at nobody');
select test.answer('/2/users', test.page('[]', null, jsonb_build_array(test.error_object('5', 'not_found')))) \g /dev/null
select test.answer('%/4/followers', test.users_page('{101}')) \g /dev/null
select simulation.advance('10 minutes') \g /dev/null
select test.tick() as calls \gset
select results_eq(format('select pg_temp.asked(%L)', :'calls'), '{"/2/users 1","/2/users/2/followers 100","/2/users/2/following 100"}'::text[], 'I6: who was left out is not looked up again before a back-off; its lists do without');
select is(test.tick('another', 0), '[]', 'a look that is out is waited for');
select ingest.request_sync('followers', 6, 'full') as hurry \gset
select test.tick('another', 10) as calls \gset
select results_eq(format('select pg_temp.asked(%L)', :'calls'), '{"/2/users 6"}'::text[], 'a request waits for a look of its own only when the others'' is out');
select test.answer('/2/users', test.users_page('{1}')) \g /dev/null
select test.answer('/2/users', test.users_page('{6}')) \g /dev/null
select test.tick() as calls \gset
select is((select page_size from ingest.runs where run_id = :hurry), 1000, 'and then reads all');
select test.respond((c ->> 'call_id')::bigint, test.users_page('{101,102}')) from jsonb_array_elements(:'calls') as c \g /dev/null

-- Two requests while none of the looks is out share one
select ingest.request_sync('followers', 8, 'full'), ingest.request_sync('following', 9, 'full'), ingest.request_sync('posts', 8, 'full') \g /dev/null
select results_eq($$ select item_ids from ingest.runs where sync_kind = 'users' and status = 'in_progress' $$, $$ values ('{8,9}'::bigint[]) $$, 'I6: whatever waits shares the look-up that was not sent yet');
select test.tick() as calls \gset
select test.respond((c ->> 'call_id')::bigint, test.page(jsonb_build_array(pg_temp.profile(8, 5), pg_temp.profile(9, 5)))) from jsonb_array_elements(:'calls') as c where c ->> 'path' = '/2/users' \g /dev/null
select is((select count(*) from ingest.runs where is_waiting), 0::bigint, 'and goes on with it');
select is((select array_agg(expected_count order by sync_kind) from ingest.runs where subject_id in (8, 9) and sync_kind <> 'users'), '{5,1,null}', 'I9: who was not known before is sized by the profile that came');
select ok(exists (select from test.says(ingest.explain_run(max(run_id))) as line where line ~ 'needed by run \d+, followers of 8'), 'G7: a look-up that took others in knows for whom') from ingest.runs where sync_kind = 'users';
select is_empty('select test.broken_runs() union all select test.broken_logs() union all select test.broken_counts()', 'the books agree');

select * from finish();
rollback;
