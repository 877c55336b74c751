-- A1: the members of a segment whose profile meets conditions, kept true by what changes in profiles, counts and posts.
begin;
select plan(63);

create function pg_temp.filter_of(p_where jsonb, p_key text default 'all') returns jsonb language sql as $$
  select jsonb_build_object('where', p_where,
    'source', jsonb_build_object('kind', 'segment_specified_users', 'params', jsonb_build_object('stable_key', p_key)));
$$;
create function pg_temp.enable(p_where jsonb) returns bigint language sql set role = rookery_operator as $$
  select api.root_enable('segment_filter', pg_temp.filter_of(p_where));
$$;
create function pg_temp.disable(p_where jsonb) returns bigint language sql set role = rookery_operator as $$
  select api.root_disable('segment_filter', pg_temp.filter_of(p_where));
$$;
-- Profiles as a page brings them; what is not said of a text is that there is none.
create function pg_temp.see(p_profiles jsonb) returns void language sql as $$
  select graph.lock_writer();
  select graph.write_users(array_agg(jsonb_populate_record(null::graph.profile, p)), null, 1) from jsonb_array_elements(p_profiles) as p;
$$;
create function pg_temp.found(p_where jsonb) returns bigint[] language plpgsql as $$
declare
  v_instance_id constant bigint := pg_temp.enable(p_where);
begin
  perform test.tick();
  return test.item_ids(v_instance_id);
end;
$$;
create function pg_temp.last_counts(p_instance_id bigint) returns text language sql as $$
  select format('%s +%s -%s', case when reads_everything then 'all' else 'delta' end, entered, exited)
  from api.materializations where instance_id = p_instance_id order by materialization_id desc limit 1;
$$;

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
select api.specified_users_set('all', '{1,2,3,4}') \g /dev/null
select pg_temp.enable('{"followers": {"min": 100}}') as popular \gset
select test.play() \g /dev/null
select is(test.item_ids(:popular), '{}', 'what is not known meets no condition');
select is(test.play(), 0::bigint, 'I9: a filter buys nothing');
select pg_temp.see('[
  {"user_id": 1, "handle": "user_1", "name": "Ann", "description": "Data Engineer", "location": "Köln", "is_verified": true, "is_protected": false,
   "joined_at": "2020-05-01T00:00:00Z", "followers_count": 100, "following_count": 10, "post_count": 0, "listed_count": 1},
  {"user_id": 2, "handle": "user_2", "name": "Bob", "description": "walks dogs", "location": "Berlin, DE", "is_verified": false, "is_protected": true,
   "joined_at": "2021-05-01T12:00:00Z", "followers_count": 99, "following_count": 20, "post_count": 7, "listed_count": 0},
  {"user_id": 3, "handle": "user_3", "name": "Cy", "is_verified": false, "followers_count": 1000}]') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:popular), '{1,3}', 'A6: counts that moved are looked at');
select is(pg_temp.last_counts(:popular), 'delta +2 -0', 'by themselves alone');
select is_empty('select 1 from graph.recounts', 'and the notes of them are gone');

-- Each field
select is(pg_temp.found('{"followers": {"max": 100}}'), '{1,2}', 'followers: a bound is included, and an unknown count is not below it');
select is(pg_temp.found('{"followers": {"min": 99, "max": 100}}'), '{1,2}', 'followers: two bounds');
select is(pg_temp.found('{"following": {"min": 11}}'), '{2}', 'following');
select is(pg_temp.found('{"posts": {"max": 0}}'), '{1}', 'posts');
select is(pg_temp.found('{"listed": {"min": 1}}'), '{1}', 'listed');
select is(pg_temp.found('{"joined": {"since": "2020-05-01", "before": "2021-05-01"}}'), '{1}', 'joined: since a day, its start included');
select is(pg_temp.found('{"joined": {"before": "2020-05-01"}}'), '{}', 'joined: before a day, its start excluded');
select is(pg_temp.found('{"joined": {"since": "2021-05-01"}}'), '{2}', 'joined: an unknown day is no day');
select is(pg_temp.found('{"verified": true}'), '{1}', 'verified');
select is(pg_temp.found('{"verified": false}'), '{2,3}', 'not verified; of 4 it is not known');
select is(pg_temp.found('{"protected": true}'), '{2}', 'protected');
select is(pg_temp.found('{"bio": {"matches": "^data (engineer|scientist)"}}'), '{1}', 'bio: in any case');
select is(pg_temp.found('{"bio": {"matches": "^$"}}'), '{3,4}', 'bio: an empty one is a known one');
select is(pg_temp.found('{"location": {"matches": "köln|\\yde\\y"}}'), '{1,2}', 'location');
select is(pg_temp.found('{"name": {"matches": "^.{2}$"}}'), '{3}', 'name');
select is(pg_temp.found('{"followers": {"min": 99}, "verified": false, "bio": {"matches": "dog"}}'), '{2}', 'all conditions hold');

select is(
  (select jsonb_object_agg(facts, fields) from (
     select string_agg(w.fact, ' ') as facts, f.field from asset.segment_filter_fields() as f
     cross join lateral asset.segment_filter_watches(jsonb_build_object('where', jsonb_build_object(f.field, null))) as w group by f.field) as x
   cross join lateral (select string_agg(field, ' ' order by field) as fields from asset.segment_filter_fields() where fact = x.facts) as y),
  '{"profile": "bio joined location name protected verified", "counts": "followers following listed posts", "posts": "last_post"}',
  'A6: each field is read in one place');

-- Posts
select pg_temp.enable('{"last_post": {"since": "2026-02-01"}}') as active, pg_temp.enable('{"last_post": {"before": "2026-02-01"}}') as silent \gset
select graph.lock_writer(), graph.write_posts(array[test.x_post(10, 1, 'old', '2026-01-01Z'), test.x_post(11, 2, 'old', '2026-01-01Z'),
                                                    test.x_post(12, 2, 'new', '2026-02-01Z')], 1) \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:active), '{2}', 'last_post: who posted since; nobody of whom no post is known');
select is(test.item_ids(:silent), '{1}', 'last_post: who posted, but not since');
select graph.lock_writer(), graph.write_posts(array[test.x_post(13, 1, 'new', '2026-02-02Z')], 2) \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:active), '{1,2}', 'A6: a new post is looked at');
select is(test.item_ids(:silent), '{}', 'by whoever asks about it');
select graph.lock_writer(), graph.remove_posts('{12,13}', 3) \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:silent), '{1,2}', 'G4: a deleted post is the last one no more');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- Only what is asked about is looked at
select pg_temp.enable('{"bio": {"matches": "dog"}}') as walkers \gset
select test.play() \g /dev/null
select count(*) as walkers_before from api.materializations where instance_id = :walkers \gset
select pg_temp.see('[{"user_id": 2, "handle": "user_2", "name": "Bob", "description": "walks dogs", "location": "Berlin, DE", "followers_count": 500}]') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:popular), '{1,2,3}', 'A6: counts move what asks about counts');
select is((select count(*) from api.materializations where instance_id = :walkers), :walkers_before::bigint, 'A6: and nothing else');
select is((select watched from asset.dependencies where instance_id = :walkers), '{profile}', 'which is known of each filter');
select count(*) as popular_before from api.materializations where instance_id = :popular \gset
select pg_temp.see('[{"user_id": 2, "handle": "user_2", "name": "Bob", "description": "walks cats", "location": "Berlin, DE"},
                     {"user_id": 6, "handle": "user_6", "name": "Fay", "description": "dogs", "followers_count": 5000}]') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:walkers), '{}', 'A6: a profile moves what asks about profiles');
select is((select count(*) from api.materializations where instance_id = :popular), :popular_before::bigint, 'A6: and nothing else; nor does who is no member');

-- The source moves
select api.specified_users_set('all', '{1,2,6}') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:popular), '{1,2,6}', 'A6: who leaves the segment leaves, who enters is looked at');
select pg_temp.see('[{"user_id": 6, "handle": "user_6", "name": "Fay", "description": "dogs"}]') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:walkers), '{6}', 'and is looked at from then on');
select pg_temp.see('[{"user_id": 3, "handle": "user_3", "name": "Cy", "followers_count": 2000}]'), api.specified_users_set('all', '{1,2,3,6}') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:popular), '{1,2,3,6}', 'who comes back enters again');
select is((select is_first_appearance from api.events(:popular) where item_id = 3 limit 1), false, 'A9: which is no first appearance');
select graph.lock_writer(), graph.mark_users_gone('{3}', '{suspended}', null, 1) \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:popular), '{1,2,3,6}', 'G4: that a user is gone takes nobody out');

-- A filter that rests is not told, and finds it when it wakes
select pg_temp.disable('{"followers": {"min": 100}}') \g /dev/null
select pg_temp.see('[{"user_id": 1, "handle": "user_1", "name": "Ann", "followers_count": 1}, {"user_id": 2, "handle": "user_2", "name": "Bob", "followers_count": 2}]') \g /dev/null
select test.play() \g /dev/null
select is_empty('select 1 from graph.recounts', 'notes are taken away whoever rests');
select is(test.item_ids(:popular), '{1,2,3,6}', 'A3: what rests is not materialized');
select pg_temp.enable('{"followers": {"min": 100}}') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:popular), '{3,6}', 'A3: what wakes has missed nothing');
select is(pg_temp.last_counts(:popular), 'all +0 -2', 'for it has read everything');
select pg_temp.see('[{"user_id": 1, "handle": "user_1", "name": "Ann", "followers_count": 101}]') \g /dev/null
select test.play() \g /dev/null
select is(pg_temp.last_counts(:popular), 'delta +1 -0', 'and deltas from there on');

-- A filter of a filter
select api.root_enable('segment_filter', jsonb_build_object('where', '{"verified": true}'::jsonb, 'source', jsonb_build_object(
  'kind', 'segment_filter', 'params', pg_temp.filter_of('{"followers": {"min": 100}}')))) as nested \gset
select test.play() \g /dev/null
select is(test.item_ids(:nested), '{1}', 'a filter can be made of a filter');
select pg_temp.see('[{"user_id": 1, "handle": "user_1", "name": "Ann", "followers_count": 99}]') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:nested), '{}', 'A6: and follows it');
select is(pg_temp.enable('{"followers": {"min": 1.0e2}}'), :popular::bigint, 'A2: the same number is the same filter');
select is_empty('select test.invariants()', 'the standing invariants hold after all this');

-- Bad input
select test.everything() as before \gset
select throws_ok(format('select pg_temp.enable(%L)', w), 'RK002', m, t)
from (values
  ('{"karma": {"min": 1}}', 'where names no field that a profile has: ''karma''', 'an unknown field is refused'),
  ('{}', 'where cannot be {}', 'no condition is refused'),
  ('[]', 'where cannot be []', 'so is what is no object'),
  ('{"followers": {}}', 'followers cannot be {}', 'so is an empty condition'),
  ('{"followers": {"min": "10"}}', 'followers cannot be {"min": "10"}', 'so is a count that is no number'),
  ('{"followers": {"min": 1.5}}', 'followers cannot be {"min": 1.5}', 'so is a part of a follower'),
  ('{"followers": {"min": 2, "max": 1}}', 'followers cannot be {"max": 1, "min": 2}', 'so is what nobody can meet'),
  ('{"joined": {"since": "2026-02-30"}}', 'joined cannot be {"since": "2026-02-30"}', 'so is a day that is none'),
  ('{"last_post": {"since": "90 days"}}', 'last_post cannot be {"since": "90 days"}', 'so is an age'),
  ('{"verified": "yes"}', 'verified cannot be "yes"', 'so is a flag that is no boolean'),
  ('{"bio": {"matches": "(data"}}', 'bio cannot match ''(data''', 'so is a bad pattern'),
  ('{"bio": {"matches": "(a*)\\1"}}', 'bio cannot be {"matches": "(a*)\\1"}', 'so is a back-reference'),
  ('{"bio": {"like": "a"}}', 'bio cannot be {"like": "a"}', 'so is another bound')) as b (w, m, t);
select ok(test.hint_of($$ select pg_temp.enable('{"karma": true}') $$) like 'The fields are bio, followers, %', 'the hint lists the fields');
select throws_ok($$ select api.root_enable('post_corpus_for_segment', jsonb_build_object('source', jsonb_build_object(
  'kind', 'segment_filter', 'params', pg_temp.filter_of('{"bio": {"matches": "["}}')))) $$, 'RK002', 'bio cannot match ''[''', 'at any depth');
select is(test.everything(), :'before'::jsonb, 'nothing has changed');

select * from finish();
rollback;
