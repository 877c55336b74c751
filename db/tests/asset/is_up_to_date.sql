-- A6: an instance is materialized when its inputs or the revisions of its dependencies have moved, and only then.
begin;
select plan(13);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
insert into test.world_follows values (1, 2), (2, 1), (1, 3), (6, 1);
select test.enable('segment_mutuals', '1') as mutuals \gset
select api.instance_id('segment_followers', '{"subject_id": "1"}') as followers \gset
select test.play() \g /dev/null
create function pg_temp.materializations(p_instance_id bigint) returns bigint language sql as $$
  select count(*) from asset.materializations where instance_id = p_instance_id;
$$;
create function pg_temp.is_up_to_date(p_instance_id bigint) returns boolean language sql as $$
  select asset.is_up_to_date(i) from asset.instances as i where instance_id = p_instance_id;
$$;
select ok(pg_temp.is_up_to_date(:followers), 'A6: what has just been materialized is up to date');
select ok(pg_temp.is_up_to_date(:mutuals), 'A6: at every depth');
insert into asset.marks (instance_id, cause, look_at) select instance_id, 'root', base.now() from asset.instances;
select test.play() \g /dev/null
select is(pg_temp.materializations(:followers) + pg_temp.materializations(:mutuals), 2::bigint, 'A6: a look at it finds nothing to do');

-- A list that is synced, and has not changed
select api.sync_request('followers', 1, 'full') \g /dev/null
select test.play() \g /dev/null
select is(pg_temp.materializations(:followers), 1::bigint, 'A6: a sync that changed nothing moves nothing');

-- A change of its own list
insert into test.world_follows values (1, 4);
select api.sync_request('followers', 1) \g /dev/null
select test.play() \g /dev/null
select is(pg_temp.materializations(:followers), 2::bigint, 'A6: a row of the graph that it reads has moved');
select is(pg_temp.materializations(:mutuals), 2::bigint, 'A6: so has the revision of a dependency');

-- A change of the inputs that leaves the membership: 5 follows and leaves again between two looks
select graph.write_follows('{1}', '{5}', 1) from graph.write_users(array[test.x_profile(5, 'user_5')], 1) \g /dev/null
select graph.remove_follows('{1}', '{5}', 1) \g /dev/null
select test.play() \g /dev/null
select is((select (revision, entered, exited)::text from api.materializations where instance_id = :followers order by materialization_id desc limit 1), '(2,0,0)',
  'A8: a materialization without an event keeps the revision');
select is((select count(*) from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id and i.checkpoint_id <> d.pinned_id
           where d.instance_id = :mutuals), 1::bigint, 'A6: nobody looks at what is made from it');
insert into asset.marks (instance_id, cause, look_at) values (:mutuals, 'root', base.now());
select test.play() \g /dev/null
select is(pg_temp.materializations(:mutuals), 2::bigint, 'A6: what is made from it reads revisions, so it is not materialized');
insert into test.world_follows values (1, 6);
select api.sync_request('followers', 1) \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:mutuals), '{2,6}', 'A6: the next change is found all the same');

-- A list that was bought before anybody wanted it
select api.sync_request('followers', 2) \g /dev/null
select test.play() \g /dev/null
select test.enable('segment_followers', '2') as followers_of_2 \gset
select is(test.play(), 0::bigint, 'I9: what is fresh is not bought again');
select is(
  (select input_revision from asset.materializations where instance_id = :followers_of_2),
  (select max(change_id) from graph.follow_changes where target_id = 2), 'A6: the inputs hash stands at the last row that was read');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
