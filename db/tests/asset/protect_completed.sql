-- A7: a materialization is immutable once completed.
begin;
select plan(4);

insert into test.world_users select i, 'user_' || i from generate_series(1, 2) as i;
insert into test.world_follows values (1, 2);
select test.enable('segment_followers', '1') as instance_id \gset
select test.play() \g /dev/null
select throws_ok(format('update asset.materializations set member_count = 7 where instance_id = %s', :instance_id),
  'RK021', (select 'materialization ' || checkpoint_id || ' is completed' from asset.instances where instance_id = :instance_id), 'A7: a completed materialization is not changed');
select throws_ok(format('delete from asset.materializations where instance_id = %s', :instance_id), 'RK021', null, 'A7: nor deleted');
insert into asset.materializations (instance_id, reads_everything, started_at) values (:instance_id, false, base.now()) returning materialization_id \gset
select lives_ok(format('update asset.materializations set status = ''error'', error_state = ''XX000'', completed_at = base.now() where materialization_id = %s', :materialization_id),
  'A7: one in progress is completed');
select throws_ok(format('update asset.materializations set status = ''in_progress'', error_state = null, completed_at = null where materialization_id = %s', :materialization_id),
  'RK021', null, 'A7: once');

select * from finish();
rollback;
