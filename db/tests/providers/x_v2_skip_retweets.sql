-- I5: without retweets, those of a timeline are seen, billed, and not taken.
begin;
select plan(9);

create function pg_temp.referring(p_id bigint, p_key text, p_type text) returns jsonb language sql as $$
  select test.post_object(p_id) || jsonb_build_object(p_key, jsonb_build_array(jsonb_build_object('type', p_type, 'id', '1')))
$$;
create function pg_temp.read(p_endpoint text, p_rows jsonb) returns table (post_ids bigint[], item_ids bigint[], resource_count integer, is_partial boolean) language sql as $$
  select array(select post_id from unnest(a.posts)), a.item_ids, a.resource_count, a.is_partial from ingest.x_v2_answer(p_endpoint, 200, '{}', test.page(p_rows)) as a
$$;
select jsonb_build_array(test.post_object(6), pg_temp.referring(5, 'referenced_tweets', 'retweeted'), pg_temp.referring(4, 'referenced_tweets', 'quoted'),
                         pg_temp.referring(3, 'referenced_posts', 'reposted'), pg_temp.referring(2, 'referenced_tweets', 'replied_to')) as posts \gset

select results_eq(format('select * from pg_temp.read(''timeline'', %L)', :'posts'), $$ values ('{6,5,4,3,2}'::bigint[], '{6,5,4,3,2}'::bigint[], 5, false) $$, 'a retweet is a post unless an operator says otherwise');
select base.change_setting('posts.retweets', 'exclude') \g /dev/null
select results_eq(format('select * from pg_temp.read(''timeline'', %L)', :'posts'), $$ values ('{6,4,2}'::bigint[], '{6,4,2,5,3}'::bigint[], 5, false) $$,
  'I5: then it is not taken, in either vocabulary; replies and quotes are, and nothing was left out');
select results_eq(format('select * from pg_temp.read(''posts'', %L)', :'posts'), $$ values ('{6,5,4,3,2}'::bigint[], '{6,5,4,3,2}'::bigint[], 5, false) $$, 'I6: what is looked up by id is taken whatever it is');
select results_eq(format('select * from pg_temp.read(''timeline'', %L)', jsonb_build_array(:'posts'::jsonb -> 1)), $$ values ('{}'::bigint[], '{5}'::bigint[], 1, false) $$, 'a page of nothing but retweets is no empty page');
select results_eq(format('select * from pg_temp.read(''timeline'', %L)', '["x", {"id": "9", "text": 1, "referenced_tweets": "x"}, {"referenced_tweets": [{"type": "retweeted"}]}]'),
  $$ values ('{9}'::bigint[], '{9}'::bigint[], 3, true) $$, 'hostile rows are judged like others');

-- In a run
select test.x_list('posts', 7, array[test.page(jsonb_build_array(test.post_object(19), test.post_object(17), test.post_object(15)))]) \g /dev/null
select test.x_list('posts', 7, array[test.page(jsonb_build_array(pg_temp.referring(20, 'referenced_tweets', 'retweeted'), pg_temp.referring(17, 'referenced_tweets', 'retweeted'), test.post_object(15)))]) as run \gset
select is((select array_agg(post_id order by post_id) from graph.posts where deleted_at is null), '{15,17}', 'G4: a full run takes what it saw for there, though it was taken when retweets were wanted');
select results_eq('select resource_count, newest_id from ingest.runs where run_id = ' || :run, 'values (3::bigint, 20::bigint)', 'I9: it is paid for, and counts for the next since_id');
select is((select since_id from ingest.subjects where sync_kind = 'posts'), 20::bigint, 'so it is not bought again');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select * from finish();
rollback;
