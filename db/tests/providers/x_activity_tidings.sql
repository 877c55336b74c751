-- W3: X's Activity API is read as X documents it, and as it may yet be.
begin;
select plan(22);

create function pg_temp.read(p_payload jsonb) returns ingest.tidings language sql as $$ select ingest.x_activity_tidings(p_payload) $$;
create function pg_temp.envelope(p_type text, p_payload jsonb, p_includes jsonb default null) returns jsonb language sql as $$
  select jsonb_build_object('data', jsonb_build_object('event_uuid', '-8917909039855612786', 'filter', '{"user_id": "1111111111111111111"}'::jsonb,
                                                       'event_type', p_type, 'tag', 't', 'payload', p_payload, 'includes', p_includes));
$$;
create function pg_temp.user_object(p_id text, p_handle text) returns jsonb language sql as $$
  select jsonb_build_object('id', p_id, 'username', p_handle, 'name', 'A name', 'created_at', '2023-10-23T13:44:53.000Z', 'protected', false, 'verified', true,
    'verified_type', 'blue', 'url', '', 'affiliation', '{"user_id": ["783214"]}'::jsonb,
    'public_metrics', '{"followers_count": 5502, "followers_count_str": "5502", "tweet_count": 790, "tweet_count_str": "790", "media_count": 9}'::jsonb);
$$;

select pg_temp.envelope('follow.follow', jsonb_build_object('source', jsonb_build_object('data', pg_temp.user_object('1111111111111111111', 'ExampleUser')),
  'target', jsonb_build_object('data', pg_temp.user_object('4444444444444444444', 'AnotherUser')))) as follow \gset
select is((pg_temp.read(:'follow')).subject, 'user 1111111111111111111', 'the source follows');
select is((pg_temp.read(:'follow')).object, 'user 4444444444444444444', 'the target is followed');
select is((select array_agg((p.handle, p.followers_count, p.post_count, p.verified_type, p.url)::text order by p.user_id) from unnest((pg_temp.read(:'follow')).profiles) as p),
  '{"(ExampleUser,5502,790,blue,)","(AnotherUser,5502,790,blue,)"}', 'both are read whole; copies of numbers are passed over');
select is(pg_temp.read(jsonb_build_object('data', :'follow'::jsonb)), pg_temp.read(:'follow'), 'another data around it changes nothing');
select is(pg_temp.read(:'follow'::jsonb -> 'data'), pg_temp.read(:'follow'), 'nor none');
select is((pg_temp.read(pg_temp.envelope('follow.unfollow', '{"source": {"id": 5}, "target": {"data": {"id": "6"}}}'))).object, 'user 6', 'ids may come alone');
select is((pg_temp.read(pg_temp.envelope('follow.unfollow', '{"source": {"id": 5}, "target": {"data": {"id": "6"}}}'))).profiles, null, 'they make no profile');
select is((pg_temp.read(pg_temp.envelope('follow.follow', '{"source": {"id": "5"}}'))).fault, 'source or target has no id', 'half a follow is none');

select pg_temp.envelope('post.create', '{"id": "2080761390344937796", "text": "Hello", "author_id": "1111111111111111111", "lang": "en",
    "created_at": "2026-07-24T21:05:48.000Z", "edit_history_tweet_ids": ["1"], "public_metrics": {"retweet_count": 3, "retweet_count_str": "3", "like_count": 2}}',
  jsonb_build_object('users', jsonb_build_array(pg_temp.user_object('1111111111111111111', 'ExampleUser'), '{"data": {"id": "7", "username": "seven"}}'::jsonb,
                                                '{"id": "8", "username": "no handle"}'::jsonb, '"nothing"'::jsonb))) as post \gset
select is((pg_temp.read(:'post')).subject, 'user 1111111111111111111', 'a post has an author');
select is((select (p.post_id, p.text, p.posted_at at time zone 'UTC', p.repost_count, p.like_count)::text from (select ((pg_temp.read(:'post')).post).*) as p),
  '(2080761390344937796,Hello,"2026-07-24 21:05:48",3,2)', 'and is read as in a page');
select is((select array_agg(p.handle::text order by p.user_id) from unnest((pg_temp.read(:'post')).profiles) as p), '{seven,ExampleUser}',
  'users that are included are read, bare or in a data of their own; who cannot be read is passed over');
select is((pg_temp.read(:'post'::jsonb #- '{data,payload,author_id}')).subject, 'user 1111111111111111111', 'without an author it is by whom the filter names');
select is((pg_temp.read(:'post'::jsonb #- '{data,payload,author_id}' #- '{data,filter}')).fault, 'its post has no author', 'or by nobody');
select is((pg_temp.read(:'post'::jsonb #- '{data,payload,text}')).fault, 'its post cannot be read', 'without a text it is none');
select is(((pg_temp.read(pg_temp.envelope('post.create', '{"id": "1", "text": "t", "note_post": {"text": "long"}}'))).post).text, 'long',
  'the new vocabulary is read too');
select is(((pg_temp.read(pg_temp.envelope('post.delete', '{"id": "2080761269309813134", "author_id": "1"}'))).post).post_id, 2080761269309813134, 'a deleted post is named');
select is((pg_temp.read(pg_temp.envelope('post.delete', '{}'))).fault, 'its post cannot be read', 'or else nothing can be done');

select pg_temp.envelope('profile.update.bio', '{"before": "old", "after": "new"}') as bio \gset
select is((pg_temp.read(:'bio')).field || '=' || (pg_temp.read(:'bio')).value || ' ' || (pg_temp.read(:'bio')).subject, 'bio=new user 1111111111111111111', 'a profile changes in a field');
select is((pg_temp.read(:'bio'::jsonb #- '{data,filter}')).fault, 'its filter names no user', 'of somebody');
select is((pg_temp.read(:'bio'::jsonb #- '{data,payload}')).value, null, 'or loses it');
select is((pg_temp.read('{}')).fault, 'it names no event_type', 'what names no type says nothing');

-- Whatever comes, nothing is raised
select lives_ok($$
  select ingest.check_event('x_activity', e.payload), ingest.event_key('x_activity', 'x', e.payload, ''), ingest.event_time('x_activity', e.payload), pg_temp.read(e.payload)
  from unnest(array['null', '1', '"x"', '[]', '[1]', '{}', '{"data": null}', '{"id": "99999999999999999999"}', '{"id": -1}', '{"data": {"id": []}}']::jsonb[]) as v
  cross join unnest(array['{data}', '{data,filter}', '{data,filter,user_id}', '{data,payload}', '{data,payload,source}', '{data,payload,after}', '{data,includes}',
                          '{data,includes,users}', '{data,event_uuid}', '{data,event_type}']::text[]) as p
  cross join unnest(array['follow.follow', 'post.create', 'post.delete', 'profile.update.bio', 'profile.update.', 'x']) as t
  cross join lateral (select jsonb_set(pg_temp.envelope(t, '{"source": {"id": "1"}, "id": "3"}', '{"users": []}'), p::text[], v) as payload) as e $$,
  'whatever stands anywhere, it is read or has a fault');

select * from finish();
rollback;
