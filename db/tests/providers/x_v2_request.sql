begin;
select plan(17);

create function pg_temp.request(p_run_id bigint) returns jsonb language sql as $$
  select jsonb_build_object('path', q.path) || q.query from ingest.calls as c join ingest.runs as r using (run_id) cross join ingest.x_v2_request(c, r) as q
  where c.run_id = p_run_id and c.answered_at is null
$$;
select test.x_sync('followers', 7) as followers, test.x_sync('following', 7) as following, test.x_sync('posts', 7) as posts,
       ingest.request_sync('users', 9, 'full') as users, ingest.request_handles('{@Abc,d_e}') as handles,
       (ingest.start_lookups('post_lookup', '{11,12}', 'evidence'))[1] as post_lookup \gset

select is(pg_temp.request(:followers) - 'user.fields', '{"path": "/2/users/7/followers", "max_results": "1000"}', 'followers are asked for a thousand at a time');
select is(pg_temp.request(:following) - 'user.fields', '{"path": "/2/users/7/following", "max_results": "1000"}', 'so is whom somebody follows');
select is(pg_temp.request(:posts) - 'post.fields', '{"path": "/2/users/7/tweets", "max_results": "100"}', 'a timeline is asked for a hundred at a time');
select is(pg_temp.request(:users) - 'user.fields', '{"path": "/2/users", "ids": "9"}', 'users are looked up by ids');
select is(pg_temp.request(:handles) - 'user.fields', '{"path": "/2/users/by", "usernames": "abc,d_e"}', 'or by handles');
select is(pg_temp.request(:post_lookup) - 'post.fields', '{"path": "/2/tweets", "ids": "11,12"}', 'posts are looked up by ids');
select ok(bool_and(pg_temp.request(r) ->> 'user.fields' ~ 'public_metrics' and not pg_temp.request(r) ?| '{expansions,post.fields,tweet.fields}'),
  'profiles come with their counts, and nothing is bought that was not wanted') from unnest(array[:followers, :following, :users, :handles]) as r;
select is(pg_temp.request(:posts) ->> 'post.fields', 'conversation_id,created_at,lang,note_post,public_metrics', 'fields are asked for in the new words first');

select test.x_answer(:posts, test.posts_page('{30}', 'a token')) \g /dev/null
select is(pg_temp.request(:posts) ->> 'pagination_token', 'a token', 'the next page is asked for by its token');

select test.x_list('posts', 8, array[test.posts_page('{50,49}')]) \g /dev/null
select ingest.request_sync('posts', 8, 'incremental') as newer \gset
select is(pg_temp.request(:newer) ->> 'since_id', '50', 'I5: a timeline is read on from the newest post of the last poll');

select base.change_setting('posts.retweets', 'exclude') \g /dev/null
select ok(pg_temp.request(:posts) ->> 'tweet.fields' like '%,referenced_tweets' and not pg_temp.request(:posts) ? 'exclude',
  'I5: without retweets a timeline is asked what each post refers to, in the words that can say so for nothing; X itself would lose posts if it left them out');
update ingest.subjects set polled_at = '2026-06-10T06:00:00Z', full_at = base.now() where sync_kind = 'posts';
select simulation.set_now('2026-06-10T12:00:00Z') \g /dev/null
select ingest.start_search('{8,9}', '2026-06-10T06:00:00Z') as search \gset
select ingest.open_calls(array[:search]) \g /dev/null
select is(pg_temp.request(:search),
  '{"path": "/2/tweets/search/recent", "query": "(from:8 OR from:9) -is:retweet", "since_id": "2064588117242806272", "max_results": "100", "sort_order": "recency", "tweet.fields": "author_id,conversation_id,created_at,in_reply_to_user_id,lang,note_tweet,public_metrics"}',
  'I5: a search is asked for many authors at once, newest first, in the words that name the author, from one beginning on');
select is(to_timestamp(((2064588117242806272 >> 22) + 1288834974657) / 1000.0), '2026-06-10T05:59:00Z'::timestamptz, 'which is a moment, written as an id');
select base.change_setting('page.posts', '5') \g /dev/null
select is(array[pg_temp.request(:search) ->> 'max_results', pg_temp.request(:posts) ->> 'max_results'], '{10,5}', 'a search takes no fewer than ten');
select base.change_setting('posts.retweets', 'include') \g /dev/null
select is(pg_temp.request(:search) ->> 'tweet.fields', 'author_id,conversation_id,created_at,in_reply_to_user_id,lang,note_tweet,public_metrics', 'whatever an operator says meanwhile');

update ingest.providers set vocabulary = 'tweet';
select is(pg_temp.request(:posts) ->> 'tweet.fields', 'author_id,conversation_id,created_at,in_reply_to_user_id,lang,note_tweet,public_metrics', 'and in the old words where X wants them');
select base.change_setting('x_v2.vocabulary', 'post') \g /dev/null
select ok(pg_temp.request(:posts) ? 'post.fields', 'what an operator sets goes before what was found out');

select * from finish();
rollback;
