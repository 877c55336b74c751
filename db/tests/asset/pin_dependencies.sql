-- A12, A5: a materialization reads the dependency as of a pin; the pin stays until it was read, however often the dependency moves.
begin;
select plan(12);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
insert into test.world_posts select i * 100 + 1, i from generate_series(1, 6) as i;
select api.specified_users_set('authors', array[1]) \g /dev/null
select test.enable('post_corpus_for_segment', 'segment_specified_users authors') as corpus \gset
select api.instance_id('segment_specified_users', '{"stable_key": "authors"}') as authors \gset
select test.play() \g /dev/null
create function pg_temp.pinned(p_instance_id bigint) returns bigint language sql as $$
  select pinned_id from asset.dependencies where instance_id = p_instance_id;
$$;
create function pg_temp.checkpoint(p_instance_id bigint) returns bigint language sql as $$
  select checkpoint_id from asset.instances where instance_id = p_instance_id;
$$;
create function pg_temp.hydrate(p_user_id bigint) returns jsonb language sql as $$
  select test.tick();
  select test.answer('/2/users', test.world_look_up('/2/users', array[p_user_id::text]));
  select test.tick();
$$;
select is(pg_temp.pinned(:corpus), pg_temp.checkpoint(:authors), 'A12: the pin is where the dependency stands');

-- 2 comes; the corpus pins that and waits for the posts of 2
select api.specified_users_add('authors', array[2]) from pg_temp.checkpoint(1) \g /dev/null
select pg_temp.hydrate(2) \g /dev/null
select pg_temp.pinned(:corpus) as pinned_id \gset
select is(:pinned_id::bigint, pg_temp.checkpoint(:authors), 'A12: the pin moves with the dependency');
select is(asset.has_member(:corpus, 'source', 2), true, 'A12: as of the pin 2 is in');

-- 1 goes and 3 comes before they are there
select api.specified_users_set('authors', array[2, 3]) \g /dev/null
select pg_temp.hydrate(3) \g /dev/null
select is(test.item_ids(:authors), '{2,3}', 'the dependency has moved on');
select is(pg_temp.pinned(:corpus), :pinned_id::bigint, 'A5: the pin stays until it was read');
select is(asset.has_member(:corpus, 'source', 1), true, 'A11, A12: as of the pin 1 is still in');
select is(asset.has_member(:corpus, 'source', 3), false, 'A11, A12: and 3 is not');
select is(asset.has_member(:corpus, 'source', 404), false, 'nor is who never was');

-- The posts of 2 come: the pinned state is read, then the next one is pinned
select test.answer('%/2/tweets', test.world_body('/2/users/2/tweets', '{}')) \g /dev/null
select test.play() \g /dev/null
select results_eq(
  format('select pins ->> ''source'', entered, exited from api.materializations where instance_id = %s and materialization_id <> (
            select min(materialization_id) from api.materializations where instance_id = %1$s) order by materialization_id', :corpus),
  format($$ values (%L, 1::bigint, 0::bigint), (%L, 1, 1) $$, :pinned_id, pg_temp.checkpoint(:authors)),
  'A12: each state that was pinned is read, one after the other');
select is(test.item_ids(:corpus), '{201,301}', 'A5: and the end is the newest');
select ok((select pinned_id = read_id from asset.dependencies where instance_id = :corpus), 'what is pinned has been read');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
