begin;
select plan(10);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
select api.specified_users_set('staff', array[1, 2, 404]), api.specified_users_set('other', array[4]) \g /dev/null
select test.enable('segment_specified_users', 'staff') as instance_id \gset

create function pg_temp.needs(p_instance_id bigint, p_only_moved boolean) returns setof text language sql as $$
  select sync_kind || ' ' || subject_id || case when is_needed then ' needed' else ' dropped' end || case when tolerates_refusal then ' or refused' else '' end
  from asset.segment_specified_users_needs(p_instance_id, '{"stable_key": "staff"}', p_only_moved) order by subject_id;
$$;
create function pg_temp.candidates(p_instance_id bigint, p_from bigint) returns setof text language sql as $$
  select item_id || case when belongs then ' in' else ' out' end
  from asset.segment_specified_users_candidates(p_instance_id, '{"stable_key": "staff"}', p_from, 9223372036854775807) order by item_id;
$$;
select is_empty($$ select * from asset.segment_specified_users_dependencies('{"stable_key": "staff"}') $$, 'A1: a set is made from nothing else');
select is(array(select pg_temp.needs(:instance_id, false)), '{"users 1 needed or refused","users 2 needed or refused","users 404 needed or refused"}',
  'A5: it needs the profile of each listed user; one that X does not know holds nobody up');
select is(array(select pg_temp.candidates(:instance_id, null)), '{"1 out","2 out","404 out"}', 'A14: before a profile has come nobody belongs');
select test.play() \g /dev/null
select is(array(select pg_temp.candidates(:instance_id, null)), '{"1 in","2 in","404 out"}', 'A14: then those whom X knows do');

select graph.last_change_id() as p1 \gset
select api.specified_users_add('staff', array[3]), api.specified_users_remove('staff', array[1]) \g /dev/null
select is(array(select pg_temp.candidates(:instance_id, :p1)), '{"1 out","3 out"}', 'a delta: what was edited, and that alone');
select is(array(select pg_temp.needs(:instance_id, true)), '{"users 1 dropped or refused","users 3 needed or refused"}', 'A5: what was edited moves its needs');
select test.play() \g /dev/null
select is(test.item_ids(:instance_id), '{2,3}', 'A6: the set follows its edits');
select is(array(select pg_temp.candidates(:instance_id, graph.last_change_id())), '{}', 'nothing has changed, so nobody is a candidate');

-- A profile that comes by another way
select graph.last_change_id() as p2 \gset
insert into test.world_users values (404, 'found');
insert into test.world_follows values (2, 404);
select api.sync_request('followers', 2) \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:instance_id), '{2,3,404}', 'A14: a listed user becomes a member when the profile comes, whichever way');
select is(
  (select belongs from asset.segment_specified_users_candidates(:instance_id, '{"stable_key": "staff"}', null, :p2) where item_id = 404), false,
  'A11: as of a position before that, nobody');

select * from finish();
rollback;
