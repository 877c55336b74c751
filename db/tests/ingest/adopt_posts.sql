-- I5: a post by somebody who is no user here is set aside, and stored once its author is hydrated.
begin;
select plan(15);

select test.x_list('posts', 7, array['{"data": [{"id": "30", "text": "mine"}, {"id": "31", "text": "a stranger''s", "author_id": "9007199254740993", "lang": "en", "public_metrics": {"like_count": 4}},
  {"id": "32", "text": "another''s", "author_id": "98"}], "meta": {"result_count": 3}}']) as posts \gset
select results_eq('select post_id from graph.posts', '{30}'::bigint[], 'G2: what strangers wrote is not stored');
select results_eq('select reason, author_id from ingest.rejects order by 2', $$ values ('its author is not hydrated', 98::bigint), ('its author is not hydrated', 9007199254740993) $$, 'I5: but noted, by whom');
select test.x_list('posts', 8, array['{"data": [{"id": "31", "text": "a stranger''s, edited", "author_id": "9007199254740993"}], "meta": {"result_count": 1}}']) \g /dev/null
select is((select count(*) from ingest.rejects), 3::bigint, 'as often as it comes');

select test.x_list('followers', 7, array[test.users_page('{1,2}')]) \g /dev/null
select is((select count(*) from ingest.rejects), 3::bigint, 'other users change nothing');
select test.x_list('followers', 7, array[test.users_page('{9007199254740993,1,2}')]) as followers \gset
select results_eq('select post_id, author_id, text, lang from graph.posts where post_id = 31', $$ values (31::bigint, 9007199254740993, 'a stranger''s, edited', null::text) $$,
  'I5: when its author comes, a post is stored as it was seen last; G1: whatever the id');
select results_eq('select change, run_id from graph.post_changes where post_id = 31', format($$ values ('added', %s::bigint) $$, :followers), 'G7: by the run that brought the author');
select results_eq('select author_id from ingest.rejects', '{98}'::bigint[], 'and is set aside no more');
select is((select changed_count from ingest.runs where run_id = :followers), 1::bigint, 'I2: the list counts its own edges only');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select ingest.request_sync('users', 98, 'full') as look_up \gset
select test.x_answer(:look_up, test.users_page('{98}')) \g /dev/null
select is((select author_id from graph.posts where post_id = 32), 98::bigint, 'I6: a look-up brings authors too');
select is_empty('select * from ingest.rejects', 'then nobody waits');

-- What X hides meanwhile
select test.x_list('posts', 8, array['{"data": [{"id": "41", "text": "a secret", "author_id": "51"}, {"id": "42", "text": "regretted", "author_id": "52"}], "meta": {"result_count": 2}}']) \g /dev/null
select test.x_event('post.delete', 52, '{"id": "42"}') \g /dev/null
select test.x_list('followers', 7, array[test.page(jsonb_build_array(test.user_object(51) || '{"protected": true}', test.user_object(52)))]) \g /dev/null
select results_eq('select post_id, text from graph.posts where post_id > 40', 'values (41::bigint, null::text)', 'G4: a protected author''s post comes without its text, and one that was deleted not at all');
select is_empty('select * from ingest.rejects', 'nor is either kept aside');

select test.x_list('followers', 7, array['{"data": [{"id": "x"}], "meta": {"result_count": 1}}']) \g /dev/null
select is((select author_id from ingest.rejects), null, 'a row that could not be read has no author');
set local enable_seqscan = off;
select matches(test.plan_of('select from ingest.rejects where author_id is not null'), 'rejects_author_id_idx', 'E5: that nobody waits is told by an index');

select * from finish();
rollback;
