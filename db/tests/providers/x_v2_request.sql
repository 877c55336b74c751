begin;
select plan(12);

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

update ingest.providers set vocabulary = 'tweet';
select is(pg_temp.request(:posts) ->> 'tweet.fields', 'author_id,conversation_id,created_at,in_reply_to_user_id,lang,note_tweet,public_metrics', 'and in the old words where X wants them');
select base.change_setting('x_v2.vocabulary', 'post') \g /dev/null
select ok(pg_temp.request(:posts) ? 'post.fields', 'what an operator sets goes before what was found out');

select * from finish();
rollback;
