-- A11: the membership after any past materialization.
begin;
select plan(14);

insert into test.world_users select i, 'user_' || i from generate_series(1, 12) as i;
select api.specified_users_set('staff', array[1]) \g /dev/null
select test.enable('segment_specified_users', 'staff') as staff, test.enable('post_corpus_for_segment', 'segment_specified_users staff') as corpus \gset
insert into test.world_posts select i * 10, i from generate_series(1, 12) as i;

-- Fifteen days on which people come, leave and come again
create temporary table days (instance_id bigint, materialization_id bigint, item_ids bigint[]);
do $$
begin
  for v_day in 1 .. 15 loop
    perform api.specified_users_set('staff', array(select i from generate_series(1, 12) as i where (i * v_day * 7 + v_day) % 5 < 2 or i = 1 + v_day % 3));
    perform test.play();
    insert into days select instance_id, checkpoint_id, test.item_ids(instance_id) from asset.instances;
    perform simulation.advance('1 day');
  end loop;
end;
$$;

select min(materialization_id) as first_staff from days where instance_id = :staff \gset
create function pg_temp.as_of(p_instance_id bigint, p_materialization_id bigint) returns bigint[] language sql set role = rookery_reader as $$
  select array(select item_id from api.members_as_of(p_instance_id, p_materialization_id) order by item_id);
$$;
select cmp_ok((select count(distinct materialization_id) from days where instance_id = :staff), '>', 10::bigint, 'there is a past to look at');
select cmp_ok((select count(*) from asset.events where instance_id = :staff and not is_first_appearance), '>', 5::bigint, 'in which people came again');
select is_empty('select * from days where pg_temp.as_of(instance_id, materialization_id) <> item_ids', 'A11: after every materialization the members are those of then');
select is((select pg_temp.as_of(:corpus, max(materialization_id)) from days where instance_id = :corpus), test.item_ids(:corpus), 'A11: at the checkpoint they are those of now; posts too');
select is(
  (with recursive pages as (
     select array(select item_id from api.members_as_of(:staff, :first_staff, 2)) as ids
     union all
     select array(select item_id from api.members_as_of(:staff, :first_staff, 2, ids[2])) from pages where cardinality(ids) = 2)
   select array_agg(i) from pages cross join unnest(ids) as i),
  (select item_ids from days where materialization_id = :first_staff), 'A11: page by page they are the same, in the order of their ids');
select throws_ok(format('select api.members_as_of(%s, %s, 0)', :staff, :first_staff), 'RK012', 'a page cannot have 0 members after 0', 'an empty page is an error');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- What cannot be told
select max(materialization_id) as last_staff from days where instance_id = :staff \gset
select max(materialization_id) as last_corpus from days where instance_id = :corpus \gset
select throws_ok('select api.members_as_of(404404, 1)', 'RK004', 'there is no instance 404404', 'an unknown instance');
select throws_ok(format('select api.members_as_of(%s, 404404)', :staff), 'RK016', format('instance %s has no materialization 404404', :staff), 'an unknown materialization');
select throws_ok(format('select api.members_as_of(%s, null)', :staff), 'RK016', format('instance %s has no materialization null', :staff), 'none');
select throws_ok(format('select api.members_as_of(%s, %s)', :staff, :last_corpus), 'RK016', format('instance %s has no materialization %s', :staff, :last_corpus),
  'A11: one of another instance');
insert into asset.materializations (instance_id, status, reads_everything, error_state, started_at, completed_at)
values (:staff, 'error', false, '22012', base.now(), base.now()) returning materialization_id as failed \gset
select throws_ok(format('select api.members_as_of(%s, %s)', :staff, :failed), 'RK020', format('materialization %s has no membership: it ended in error', :failed),
  'A7: one that failed');
update asset.instances set checkpoint_id = (select min(materialization_id) from days where instance_id = :staff) where instance_id = :staff;
select throws_ok(format('select api.members_as_of(%s, %s)', :staff, :last_staff), 'RK020',
  format('materialization %s is newer than the checkpoint of instance %s', :last_staff, :staff), 'A11: one newer than the checkpoint');
select is(pg_temp.as_of(:staff, (select min(materialization_id) from days where instance_id = :staff)),
  (select item_ids from days where instance_id = :staff order by materialization_id limit 1), 'what lies before it can be told all the same');

select * from finish();
rollback;
