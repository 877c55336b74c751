-- A8: every success counts its events, and its revision rises by one if and only if there were any.
begin;
-- What this file plants, nothing but a defect could.
alter table asset.materializations disable trigger completed_is_final;
select plan(9);

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
select pg_temp.becomes('{1,2,3,404}') as second \gset
select pg_temp.becomes('{3,4}') as third \gset
create function pg_temp.found() returns setof text language sql as $$
  select format('%s of %s expected %s, found %s', f.finding, f.materialization_id, f.expected, f.found)
  from asset.instances as i cross join lateral asset.verify_history('user', i) as f order by 1;
$$;
select ok(:first < :second and :second < :third, 'there is a history');
select is_empty('select pg_temp.found()', 'A8: all is in order');

savepoint in_order;
update asset.materializations set output_revision = 2 where materialization_id = :second;
select results_eq('select pg_temp.found()', format($$ values ('revision of %s expected 1, found 2'), ('revision of %s expected 3, found 2') $$, :second, :third),
  'A8: a revision rose where nothing had moved');
rollback to in_order;
update asset.materializations set output_revision = 1 where materialization_id = :third;
select results_eq('select pg_temp.found()', format($$ values ('revision of %s expected 2, found 1') $$, :third), 'A8: one did not rise where something had');
rollback to in_order;
update asset.materializations set enter_count = 2 where materialization_id = :third;
select results_eq('select pg_temp.found()', format($$ values ('event_count of %s expected +2 -2, found +1 -2') $$, :third), 'A9: an enter is not there');
rollback to in_order;
delete from asset.events where materialization_id = :third and item_id = 1;
select results_eq('select pg_temp.found()', format($$ values ('event_count of %s expected +1 -2, found +1 -1') $$, :third), 'A9: an exit is not there');
rollback to in_order;
insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance) values ('user', :staff, :second, 5, true, true);
select results_eq('select pg_temp.found()', format($$ values ('event_count of %s expected +0 -0, found +1 -0') $$, :second), 'A9: an event too many');
rollback to in_order;
insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance) values ('user', :staff, 404404, 5, true, true);
select results_eq('select pg_temp.found()', $$ values ('event_count of 404404 expected +0 -0, found +1 -0') $$, 'A9: an event of no materialization');
rollback to in_order;
select is_empty('select pg_temp.found()', 'and all is in order again');

select * from finish();
rollback;
