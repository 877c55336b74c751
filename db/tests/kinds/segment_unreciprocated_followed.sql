begin;
select plan(8);

insert into test.world_users select i, 'user_' || i from generate_series(1, 7) as i;
insert into test.world_follows select 1, i from generate_series(2, 5) as i;
insert into test.world_follows select i, 1 from generate_series(4, 7) as i;
select test.enable('segment_unreciprocated_followed', '1') as instance_id \gset
select test.play() \g /dev/null

select results_eq(
  $$ select * from asset.segment_unreciprocated_followed_dependencies('{"subject_id": "1"}') order by role $$,
  $$ values ('followed', 'segment_followed', '{"subject_id": "1"}'::jsonb), ('followers', 'segment_followers', '{"subject_id": "1"}') $$,
  'A1: it is made from the followers and the followed of the same subject');
select is_empty(format($$ select * from asset.segment_unreciprocated_followed_needs(%s, '{"subject_id": "1"}', false) $$, :instance_id), 'A5: it needs no sync of its own');
select is(test.item_ids(:instance_id), '{6,7}', 'A1: it has the members that it should');

create function pg_temp.candidates(p_instance_id bigint, p_from bigint) returns setof text language sql as $$
  select item_id || case when belongs then ' in' else ' out' end
  from asset.segment_unreciprocated_followed_candidates(p_instance_id, '{"subject_id": "1"}', p_from, 0) order by item_id;
$$;
select is(array(select pg_temp.candidates(:instance_id, null)), '{"6 in","7 in"}', 'everything: who is followed and does not follow');
select is(array(select pg_temp.candidates(:instance_id, 0)), '{}', 'a delta without a new pin has no candidate');

-- 2 is followed, 4 does not follow any more, 6 is not followed any more; the dependencies are pinned, not yet read
select simulation.advance('8 days') \g /dev/null
insert into test.world_follows values (2, 1);
delete from test.world_follows where (target_id, follower_id) in ((1, 4), (6, 1));
select pg_get_functiondef('asset.segment_unreciprocated_followed_candidates'::regproc) as definition \gset
create or replace function asset.segment_unreciprocated_followed_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as 'select 1 / 0, true';
select test.play() \g /dev/null
:definition \g /dev/null
select is(array(select pg_temp.candidates(:instance_id, 0)), '{"2 out","4 in","6 out"}', 'a delta: who came or went on either side between what was read and what is pinned');
select simulation.advance('10 minutes') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:instance_id), '{4,7}', 'A6: it follows');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
