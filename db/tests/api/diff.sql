-- Who came and who went between two materializations, net (A11).
begin;
select plan(11);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
select test.enable('segment_specified_users', 'staff') as staff \gset
create function pg_temp.becomes(p_user_ids bigint[]) returns bigint language plpgsql as $$
begin
  perform api.specified_users_set('staff', p_user_ids);
  perform test.play();
  return (select checkpoint_id from asset.instances);
end;
$$;
select pg_temp.becomes('{1,2,3}') as first \gset
select pg_temp.becomes('{2,3,4}') as second \gset
select pg_temp.becomes('{1,2,4,5}') as third \gset
select pg_temp.becomes('{1,2,3,4,6}') as fourth \gset

create function pg_temp.diff(p_from bigint, p_to bigint) returns text[] language sql set role = rookery_reader as $$
  select array(select item_id || ' ' || change from api.diff(api.instance_id('segment_specified_users', '{"stable_key": "staff"}'), p_from, p_to) order by item_id);
$$;
select is(pg_temp.diff(:first, :second), '{"1 left","4 entered"}', 'from one to the next: its events');
select is(pg_temp.diff(:first, :third), '{"3 left","4 entered","5 entered"}', 'over two: who left and came again has not moved');
select is(pg_temp.diff(:second, :fourth), '{"1 entered","6 entered"}', 'nor has who left and came, or came and left');
select is(pg_temp.diff(null, :third), '{"1 entered","2 entered","4 entered","5 entered"}', 'since before the first: the members');
select is(pg_temp.diff(:third, :third), '{}', 'from one to itself nothing');
select is_empty(
  format($$
    select a.id, b.id
    from (values (%1$s::bigint), (%2$s), (%3$s), (%4$s)) as a (id) join (values (%1$s::bigint), (%2$s), (%3$s), (%4$s)) as b (id) on a.id <= b.id
    where array(select item_id from api.members_as_of(%5$s, b.id) order by item_id) <> array(
      (select item_id from api.members_as_of(%5$s, a.id) except select item_id from api.diff(%5$s, a.id, b.id) where change = 'left')
      union select item_id from api.diff(%5$s, a.id, b.id) where change = 'entered' order by item_id)
  $$, :first, :second, :third, :fourth, :staff),
  'A11: the members of then and what moved since are the members of later');
select throws_ok(format('select api.diff(%s, %s, %s)', :staff, :second, :first), 'RK020', format('materialization %s is newer than %s', :second, :first),
  'the wrong order is a clear error');
select throws_ok(format('select api.diff(%s, %s, null)', :staff, :first), 'RK016', format('instance %s has no materialization null', :staff), 'up to none');
select throws_ok(format('select api.diff(%s, 404404, %s)', :staff, :first), 'RK016', format('instance %s has no materialization 404404', :staff), 'from an unknown one');
select throws_ok(format('select api.diff(%s, %s, 404404)', :staff, :first), 'RK016', format('instance %s has no materialization 404404', :staff), 'to an unknown one');
select throws_ok('select api.diff(404404, null, 1)', 'RK004', 'there is no instance 404404', 'an unknown instance');

select * from finish();
rollback;
