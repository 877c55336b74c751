-- W3: posts that are made and deleted, and profiles that change.
begin;
select plan(30);

select simulation.set_now('2026-11-01 12:00+00') \g /dev/null
select test.x_users('{1,2}') \g /dev/null
create function pg_temp.post(p_post_id bigint, p_author_id bigint) returns jsonb language sql as $$
  select test.post_object(p_post_id) || jsonb_build_object('author_id', p_author_id::text);
$$;

select test.x_event('post.create', 1, pg_temp.post(100, 1)) as made, test.x_event('post.create', 2, test.post_object(200)) as by_filter \gset
select test.tick() \g /dev/null
select is(array[test.fate(:made), test.fate(:by_filter)], array_fill('applied: the post is new, or came back'::text, '{2}'), 'W3: a post that is made is added');
select results_eq('select post_id, author_id from graph.posts order by 1', 'values (100::bigint, 1::bigint), (200, 2)', 'W3: by its author, or by whom the filter names');
select is((select happened_at from api.webhook_events where event_id = :made), '2026-03-01 12:00+00', 'W3: it was made when its payload says');
select results_eq('select event_id, change from graph.post_changes where post_id = 100', format($$ values (%s::bigint, 'added') $$, :made), 'G7: the event is what it came by');
select is((select cost_usd from api.webhook_events where event_id = :made), 0.005, 'I9: with its price');

select test.x_event('post.delete', 1, '{"id": "100", "author_id": "1"}') as deleted, test.x_event('post.delete', 1, '{"id": "300", "author_id": "1"}') as unknown \gset
select test.tick() \g /dev/null
select is(test.fate(:deleted), 'applied: the post is gone', 'W3: one that is deleted');
select is((select deleted_at from graph.posts where post_id = 100), base.now(), 'G4: is marked');
select is(test.fate(:unknown), 'applied: there was no such post', 'W3: one that nobody knew changes nothing');
select test.x_event('post.create', 1, pg_temp.post(100, 1)) as late, test.x_event('post.create', 1, pg_temp.post(300, 1)) as late_too \gset
select test.tick() \g /dev/null
select is(array[test.fate(:late), test.fate(:late_too)], array_fill('outdated: it was deleted'::text, '{2}'), 'W3: told late, it stays gone');

select test.x_event('post.delete', 1, '{"id": "600"}'), test.x_event('post.create', 1, pg_temp.post(600, 1) - 'created_at') as at_once \gset
select test.tick() \g /dev/null
select is(test.fate(:at_once), 'outdated: it was deleted', 'W3: also when both are taken in at once');

select test.x_event('post.create', 3, pg_temp.post(400, 3)) as strange, test.x_event('post.create', 1, '{"id": "500"}') as cut,
       test.x_event('post.delete', 1, '{"id": "x"}') as nameless \gset
select is(jsonb_array_length(test.tick()), 1, 'I5: an author who is not known is looked up');
select is(test.fate(:strange), 'waiting: user 3 is not known yet', 'G2: meanwhile the post is kept');
select test.answer('/2/users', test.users_page('{3}')) \g /dev/null
select test.tick() \g /dev/null
select is(test.fate(:strange), 'applied: the post is new, or came back', 'I5: and added then');
select is(array[test.fate(:cut), test.fate(:nameless)], array_fill('malformed: its post cannot be read'::text, '{2}'), 'W3: what is no post is set aside');

-- A page that was asked for before a deletion comes after it
select test.x_sync('posts', 2) as late \gset
select test.x_call(:late) as call \gset
select simulation.advance('1 s'), test.x_event('post.delete', 2, '{"id": "801"}') \g /dev/null
select test.tick(), test.respond(:call, test.posts_page('{802,801,200}')) \g /dev/null
select is(array(select post_id from graph.posts where author_id = 2 and deleted_at is null order by 1), '{200,802}', 'W3: it brings back no post of which X has told since that it is gone');

-- Retweets are posts, or are none
select api.setting_set('posts.retweets', 'exclude') \g /dev/null
select test.x_event('post.create', 1, pg_temp.post(700, 1) || '{"referenced_tweets": [{"type": "retweeted", "id": "5"}]}') as retweet,
       test.x_event('post.create', 1, pg_temp.post(701, 1) || '{"referenced_posts": [{"type": "quoted", "id": "5"}]}') as quote \gset
select test.tick() \g /dev/null
select is(test.fate(:retweet), 'ignored: retweets are not taken (posts.retweets)', 'I5: where retweets are none of their maker''s posts, one that an event tells of is none');
select is(test.fate(:quote), 'applied: the post is new, or came back', 'I5: a quote is one');
select api.setting_set('posts.retweets', null), test.x_event('post.create', 1, pg_temp.post(702, 1) || '{"referenced_posts": [{"type": "retweeted", "id": "5"}]}') as retweet \gset
select test.tick() \g /dev/null
select is(test.fate(:retweet), 'applied: the post is new, or came back', 'I5: else it is one too');

-- Profiles
create function pg_temp.update(p_field text, p_after jsonb, p_user_id bigint default 1) returns text language plpgsql as $$
declare
  v_event_id constant bigint := test.x_event('profile.update.' || p_field, p_user_id, jsonb_build_object('before', 'b', 'after', p_after));
begin
  perform test.tick();
  return test.fate(v_event_id);
end;
$$;
select pg_temp.update(f, to_jsonb(v)) from (values ('bio', 'a bio'), ('profile_picture', 'https://pbs.example/1.jpg'), ('screenname', 'A Name'),
  ('handle', '@Renamed'), ('geo', 'Bern'), ('url', 'https://t.co/1')) as u (f, v) \g /dev/null
select is((select (handle, name, description, image_url, location, url)::text from graph.users where user_id = 1),
  '(Renamed,"A Name","a bio",https://pbs.example/1.jpg,Bern,https://t.co/1)', 'W3: each field of a profile that is kept');
select is((select count(*) from graph.user_changes where user_id = 1 and change = 'changed'), 6::bigint, 'G7: each with a change of its own');
select is((select new_handle::text from graph.handle_changes where user_id = 1 and event_id is not null), 'Renamed', 'G3: a handle with its history');
select is((select payload_hash from graph.user_counts where user_id = 1), null, 'G8: no page is taken for known after it');
select is(pg_temp.update('bio', '""'), 'applied: bio of user 1', 'W3: a bio may be taken away');
select is((select description from graph.users where user_id = 1), null, 'W3: then there is none');
select is(pg_temp.update('banner_picture', '"x"'), 'ignored: banner_picture is not kept', 'W3: what is not kept is counted');
select is(pg_temp.update('bio', '"x"', 77), 'ignored: nobody here knows user 77', 'G2: nor is a user made of it');
select is(pg_temp.update('handle', '"not one"'), 'malformed: payload.after is no handle', 'W3: a handle that is none is set aside');
select is(pg_temp.update('bio', '{"a": 1}'), 'malformed: payload.after is no text', 'W3: so is what is no text');

-- What no reader foresees
create function pg_temp.refuse() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = 'check_violation'; end $$;
create trigger refuse before update on graph.users for each row when (new.description = 'poison') execute function pg_temp.refuse();
select is(pg_temp.update('bio', '"poison"'), 'malformed: no', 'E1: an event that cannot be stored is set aside, and the tick goes on');
select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
