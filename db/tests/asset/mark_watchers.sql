-- Who watches the members of a segment is told of them, and of nobody else.
begin;
select plan(11);

insert into asset.kinds values ('watcher', 'user', '{"source": "segment"}', 'Watches all there is.');
create function asset.watcher_dependencies(p_params jsonb) returns table (role text, kind text, params jsonb) language sql as
  $$ select 'source', p_params -> 'source' ->> 'kind', p_params -> 'source' -> 'params' $$;
create function asset.watcher_watches(p_params jsonb) returns table (role text, fact text) language sql as
  $$ values ('source', 'profile'), ('source', 'counts'), ('source', 'posts') $$;
create function asset.watcher_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean) language sql as
  $$ select null::text, null::bigint, null::boolean, null::boolean where false $$;
create function asset.watcher_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$ select null::bigint, null::boolean where false $$;

select is(asset.has_hook('watcher', 'watches'), true, 'a kind can say what it watches');
select is(asset.has_hook('segment_followers', 'watches'), false, 'most say nothing');
select is_empty($$ select asset.watches_of('segment_followers', '{"subject_id": "1"}') $$, 'and watch nothing');

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
select api.specified_users_set('all', '{1,2,3}'), api.specified_users_set('other', '{4}') \g /dev/null
select api.root_enable('watcher', test.params('post_corpus_for_segment', 'segment_specified_users all')) as watcher,
       api.root_enable('watcher', test.params('post_corpus_for_segment', 'segment_specified_users other')) as other,
       test.enable('segment_specified_users', 'other') \gset
select is((select watched from asset.dependencies where instance_id = :watcher), '{counts,posts,profile}', 'what it watches is known when it is made');
select test.play() \g /dev/null
select api.specified_users_remove('all', '{3}') \g /dev/null
select test.play() \g /dev/null

create function pg_temp.marks() returns table (instance_id bigint, subject_id bigint, run_id bigint) language sql as $$
  select instance_id, subject_id, cause_id from asset.marks where cause = 'change' order by 1, 2, 3;
$$;
create function pg_temp.see(p_user_id bigint, p_run_id bigint, p_name text, p_followers bigint) returns void language sql as $$
  select graph.write_users(array[jsonb_populate_record(null::graph.profile,
    jsonb_build_object('user_id', p_user_id, 'handle', 'user_' || p_user_id, 'name', p_name, 'followers_count', p_followers))], p_run_id);
$$;
select graph.lock_writer() \g /dev/null

select pg_temp.see(1, 7, 'User 1', 10), asset.take_changes(10000) \g /dev/null
select results_eq('select * from pg_temp.marks()', format('values (%s::bigint, 1::bigint, 7::bigint)', :watcher), 'counts');
select test.tick(), pg_temp.see(2, 8, 'another name', null), asset.take_changes(10000) \g /dev/null
select results_eq('select * from pg_temp.marks()', format('values (%s::bigint, 2::bigint, 8::bigint)', :watcher), 'a profile');
select test.tick(), graph.write_posts(array[test.x_post(10, 2)], 9), asset.take_changes(10000) \g /dev/null
select results_eq('select * from pg_temp.marks()', format('values (%s::bigint, 2::bigint, 9::bigint)', :watcher), 'a post');
select test.tick(), pg_temp.see(1, 10, 'another name', 20), graph.write_posts(array[test.x_post(11, 1)], 11), asset.take_changes(10000) \g /dev/null
select results_eq('select * from pg_temp.marks()', format('values (%1$s::bigint, 1::bigint, 10::bigint), (%1$s, 1, 11)', :watcher),
  'all of them at once are one mark for each run');

select test.tick(), pg_temp.see(3, 12, 'another name', 10), pg_temp.see(5, 12, 'User 5', 10), asset.take_changes(10000) \g /dev/null
select is_empty('select * from pg_temp.marks()', 'not who has left, and not who never was a member');
select api.root_disable('watcher', test.params('post_corpus_for_segment', 'segment_specified_users other')) \g /dev/null
select pg_temp.see(4, 13, 'another name', 10), asset.take_changes(10000) \g /dev/null
select is_empty('select * from pg_temp.marks()', 'A3: and not for what rests');

-- A bounded number of pages a tick
select pg_temp.see(1, 14, 'another name', 100 + i) from generate_series(1, 5) as i \g /dev/null
select asset.take_changes(1) \g /dev/null
select is((select count(*) from graph.recounts), 4::bigint, 'E1: only so many pages of recounts are read in one go');

select * from finish();
rollback;
