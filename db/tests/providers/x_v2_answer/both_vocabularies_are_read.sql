begin;
select plan(9);

create function pg_temp.posts(p_row jsonb) returns setof graph.post language sql as $$
  select p.* from ingest.x_v2_answer('timeline', 200, '{}', test.page(jsonb_build_array(p_row))) as a cross join unnest(a.posts) as p
$$;
create function pg_temp.profiles(p_row jsonb) returns setof graph.profile language sql as $$
  select (jsonb_populate_record(p, jsonb_build_object($j$payload_hash$j$, null))).* from ingest.x_v2_answer($e$users$e$, 200, '{}', jsonb_build_object('data', jsonb_build_array(p_row))::text) as a cross join unnest(a.profiles) as p
$$;

select is(p, row(10, 7, '2026-03-01T12:00:00Z', 'the whole text', 'en', 9, 8, 4, 1, 3, 2)::graph.post, 'a post in the old words')
from pg_temp.posts('{"id": "10", "author_id": "7", "text": "the…", "created_at": "2026-03-01T12:00:00.000Z", "lang": "en", "conversation_id": "9",
  "in_reply_to_user_id": "8", "note_tweet": {"text": "the whole text"}, "edit_history_tweet_ids": ["10"], "referenced_tweets": [{"type": "replied_to", "id": "9"}],
  "public_metrics": {"like_count": 4, "retweet_count": 1, "reply_count": 3, "quote_count": 2}}') as p;
select is(p, row(10, null, '2026-03-01T12:00:00Z', 'the whole text', 'en', 9, null, 4, 1, 3, 2)::graph.post, 'the same in the new words')
from pg_temp.posts('{"id": "10", "text": "the…", "created_at": "2026-03-01T12:00:00.000Z", "lang": "en", "conversation_id": "9",
  "note_post": {"text": "the whole text"}, "edit_history_post_ids": ["10"], "referenced_posts": [{"type": "replied_to", "id": "9"}],
  "public_metrics": {"like_count": 4, "repost_count": 1, "reply_count": 3, "quote_count": 2}}') as p;
select is(p.posted_at, '2020-09-02T07:40:10.436Z', 'without created_at the id tells the time')
from pg_temp.posts('{"id": "1301062345678901248", "text": "x"}') as p;
select is(p.post_id, 9007199254740993, 'G1: an id above 2^53 is exact') from pg_temp.posts('{"id": "9007199254740993", "text": "x"}') as p;
select is(p.post_id, 123::bigint, 'G1: an id may be a number') from pg_temp.posts('{"id": 123, "text": "x"}') as p;

select is(p, row(7, 'Abc', 'A', 'd', 'l', 'https://t.co/x', 'https://pbs.twimg.com/x', true, 'blue', false, '2009-03-01T12:00:00Z', 1, 2, 3, 4, null)::graph.profile,
  'a user in the old words')
from pg_temp.profiles('{"id": "7", "username": "Abc", "name": "A", "description": "d", "location": "l", "url": "https://t.co/x",
  "profile_image_url": "https://pbs.twimg.com/x", "verified": true, "verified_type": "blue", "protected": false, "created_at": "2009-03-01T12:00:00.000Z",
  "public_metrics": {"followers_count": 1, "following_count": 2, "tweet_count": 3, "listed_count": 4}}') as p;
select is(p.post_count, 3::bigint, 'in the new words posts are counted') from pg_temp.profiles('{"id": "7", "username": "Abc", "public_metrics": {"post_count": 3}}') as p;
select is(p.name, E'N\ufffdame \ufffd', 'what PostgreSQL cannot store is replaced, the row stays')
from ingest.x_v2_answer('users', 200, '{}', '{"data": [{"id": "7", "username": "Abc", "name": "N\u0000ame \ud83d"}]}') as a cross join unnest(a.profiles) as p;
select is(a.item_ids, '{7}', 'data that is one object is one row') from ingest.x_v2_answer('users', 200, '{}', '{"data": {"id": "7", "username": "Abc"}}') as a;

select * from finish();
rollback;
