-- Who answers for a step tells what was materialized in it, and what failed to be.
begin;
select plan(4);

insert into test.world_users values (1, 'user_1'), (2, 'user_2');
insert into test.world_follows values (2, 1);
select is(asset.report_done(), '{}', 'where nothing was materialized, nothing is told');
select test.enable('segment_followed', '1') as followed \gset
select base.forget_notes() \g /dev/null
select test.play() \g /dev/null
select base.forget_notes(), asset.materialize(i) from asset.instances as i where instance_id = :followed \g /dev/null
select is(asset.report_done() #- '{materializations,0,materialization_id}', jsonb_build_object('materializations', jsonb_build_array(jsonb_build_object(
    'instance_id', :followed, 'status', 'success', 'reads_everything', false, 'entered', 0, 'left', 0, 'members', 1))), 'A7: a success is told with its counts');

-- What a kind's function did before it raised is undone, and the row of the failure is another
create or replace function asset.segment_followed_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$ select 1 / 0, true $$;
select base.forget_notes(), asset.materialize(i) from asset.instances as i where instance_id = :followed \g /dev/null
select is(asset.report_done(), jsonb_build_object('materializations', jsonb_build_array(jsonb_build_object(
    'materialization_id', (select max(materialization_id) from api.materializations), 'instance_id', :followed, 'status', 'error',
    'reads_everything', false, 'error_state', '22012'))), 'A7: so is a failure, once');
select is(base.report_decisions() #>> '{decisions,0,kind}', 'materialization_failed', 'E3: beside the decision that it is');

select * from finish();
rollback;
