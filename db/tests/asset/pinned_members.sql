-- A12: a kind that reads everything reads its dependencies as of their pins, however far these have moved on.
begin;
select plan(6);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
select api.specified_users_set('a', '{1,2,3}'), api.specified_users_set('b', '{3,4}') \g /dev/null
create function pg_temp.lists() returns jsonb language sql as $$
  select jsonb_agg(jsonb_build_object('kind', 'segment_specified_users', 'params', jsonb_build_object('stable_key', k)) order by k) from unnest(array['a', 'b']) as k;
$$;
select api.root_enable('segment_set', jsonb_build_object('operation', 'union', 'sources', pg_temp.lists())) as made \gset
select test.play() \g /dev/null
select pinned_id as first_pin from asset.dependencies where instance_id = :made and role = 's001' \gset
select api.specified_users_set('a', '{2,3,5}') \g /dev/null
select test.play() \g /dev/null
select api.specified_users_set('a', '{1,3,5,6}') \g /dev/null
select test.play() \g /dev/null

create function pg_temp.pinned(p_role text) returns bigint[] language sql as $$
  select array(select item_id from asset.pinned_members(api.instance_id('segment_set', jsonb_build_object('operation', 'union', 'sources', pg_temp.lists())), p_role) order by item_id);
$$;
select is(pg_temp.pinned('s001'), '{1,3,5,6}', 'at the newest pin it is who is in now');
select is(pg_temp.pinned('s002'), '{3,4}', 'of each role');
update asset.dependencies set pinned_id = :first_pin where instance_id = :made and role = 's001';
select is(pg_temp.pinned('s001'), '{1,2,3}', 'A11: at an older one it is who was in then');
select is(array(select item_id from asset.segment_set_candidates(:made, (select params from asset.instances where instance_id = :made), null, 0)
                where belongs order by item_id), '{1,2,3,4}', 'A12: so a kind computes the same again');
select is(pg_temp.pinned('s003'), '{}', 'no such role is nobody');
select is(array(select item_id from asset.pinned_members(0, 's001')), '{}', 'nor is no such instance');

select * from finish();
rollback;
