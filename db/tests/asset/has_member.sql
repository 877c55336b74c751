-- A11, A12: a kind reads a dependency as of its pin, however far that has moved on since.
begin;
select plan(7);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
select api.specified_users_set('staff', array[1, 2, 3]) \g /dev/null
select test.enable('post_corpus_for_segment', 'segment_specified_users staff') as corpus \gset
select test.play() \g /dev/null
create function pg_temp.members_at_pin() returns bigint[] language sql as $$
  select array(select i from generate_series(1, 6) as i where asset.has_member(api.instance_id(
    'post_corpus_for_segment', test.params('post_corpus_for_segment', 'segment_specified_users staff')), 'source', i::bigint) order by i);
$$;
select is(pg_temp.members_at_pin(), '{1,2,3}', 'A12: at the checkpoint, who is in');
select is(asset.has_member(:corpus, 'elsewhere', 1), null, 'in a role that there is not, nobody is and nobody is not');

-- The source goes on, the pin stays
select dependency_id as source, pinned_id from asset.dependencies where instance_id = :corpus \gset
create function pg_temp.becomes(p_user_ids bigint[]) returns void language plpgsql as $$
begin
  perform api.specified_users_set('staff', p_user_ids);
  perform test.play();
  update asset.dependencies set pinned_id = (select min(materialization_id) from asset.materializations as m where m.instance_id = dependency_id);
end;
$$;
select pg_temp.becomes('{2,3,4}') \g /dev/null
select is(pg_temp.members_at_pin(), '{1,2,3}', 'A11: who has left since was in, who has entered was not');
select pg_temp.becomes('{1,3,5}') \g /dev/null
select is(pg_temp.members_at_pin(), '{1,2,3}', 'A11: who left and came again was in, who came and left was not');
select pg_temp.becomes('{2,4,6}') \g /dev/null
select is(pg_temp.members_at_pin(), '{1,2,3}', 'A11: however often');
select is(pg_temp.members_at_pin(), array(select item_id from api.members_as_of(:source, :pinned_id) order by item_id), 'A11: as everybody else who reads the past');
update asset.dependencies set pinned_id = null where instance_id = :corpus;
select is(pg_temp.members_at_pin(), '{2,4,6}', 'without a pin, who is in now');

select * from finish();
rollback;
