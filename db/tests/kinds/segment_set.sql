-- A1: unions, intersections and differences of segments, of sets too.
begin;
select plan(33);

create function pg_temp.lists(variadic p_keys text[]) returns jsonb language sql as $$
  select jsonb_agg(jsonb_build_object('kind', 'segment_specified_users', 'params', jsonb_build_object('stable_key', k)) order by n)
  from unnest(p_keys) with ordinality as l (k, n);
$$;
create function pg_temp.set_of(p_operation text, p_sources jsonb) returns jsonb language sql as $$
  select jsonb_build_object('operation', p_operation, 'sources', p_sources);
$$;
create function pg_temp.enable(p_operation text, p_sources jsonb) returns bigint language sql set role = rookery_operator as $$
  select api.root_enable('segment_set', pg_temp.set_of(p_operation, p_sources));
$$;
grant all on function pg_temp.set_of(text, jsonb), pg_temp.lists(text[]) to public;

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
select api.specified_users_set('a', '{1,2,3,4}'), api.specified_users_set('b', '{3,4,5}'), api.specified_users_set('c', '{4,5,6}') \g /dev/null
select pg_temp.enable('union', pg_temp.lists('a', 'b', 'c')) as any_of,
       pg_temp.enable('intersection', pg_temp.lists('a', 'b', 'c')) as all_of,
       pg_temp.enable('difference', pg_temp.lists('a', 'b', 'c')) as only_a,
       pg_temp.enable('difference', pg_temp.lists('b', 'c')) as only_b \gset

-- At first
select test.play() \g /dev/null
select is(test.item_ids(:any_of), '{1,2,3,4,5,6}', 'a union is who is in any');
select is(test.item_ids(:all_of), '{4}', 'an intersection is who is in all');
select is(test.item_ids(:only_a), '{1,2}', 'a difference is the first without all the others');
select is(test.item_ids(:only_b), '{3}', 'of two as well');
select is((select count(*) from asset.members where instance_id = :any_of), 6::bigint, 'nobody is counted twice');

-- Identity
select is(pg_temp.enable('union', pg_temp.lists('c', 'a', 'b')), :any_of::bigint, 'A2: a union in another order is the same instance');
select is(api.instance_id('segment_set', pg_temp.set_of('intersection', pg_temp.lists('b', 'c', 'a'))), :all_of::bigint, 'A2: so is an intersection');
select is(api.instance_id('segment_set', pg_temp.set_of('difference', pg_temp.lists('a', 'c', 'b'))), :only_a::bigint, 'A2: so is a difference with the same first one');
select is(api.instance_id('segment_set', pg_temp.set_of('difference', pg_temp.lists('b', 'a', 'c'))), null, 'A2: with another first one it is another');
select is((select array_agg(role || ' ' || (i.params ->> 'stable_key') order by role) from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
           where d.instance_id = :only_a), '{s001 a,s002 b,s003 c}', 'the first one of a difference is in the role s001');

-- Deltas: 1 leaves a, 5 joins a, 9 joins c
select api.specified_users_set('a', '{2,3,4,5}'), api.specified_users_add('c', '{9}') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:any_of), '{2,3,4,5,6,9}', 'A6: a union follows');
select is(test.item_ids(:all_of), '{4,5}', 'A6: an intersection follows');
select is(test.item_ids(:only_a), '{2}', 'A6: a difference follows');
select is_empty(format('select 1 from api.materializations where instance_id = %s and reads_everything offset 1', :any_of), 'by what moved alone');
select is_empty(format('select 1 from api.events(%s) where item_id = 5', :only_a), 'A9: who entered the first one and is in another does not enter');
select revision as any_of_revision from api.instances where instance_id = :any_of \gset

-- Leaving one of several, coming back, nobody at all
select api.specified_users_set('b', '{3}') \g /dev/null
select test.play() \g /dev/null
select is((select revision from api.instances where instance_id = :any_of), :any_of_revision::bigint, 'A8: a union does not move while somebody else still has who left');
select is(test.item_ids(:all_of), '{}', 'an intersection can be empty');
select api.specified_users_set('b', '{4}'), api.specified_users_set('c', '{4}') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:all_of), '{4}', 'and somebody can enter it again');
select is((select is_first_appearance from api.events(:all_of) where item_id = 4 limit 1), false, 'A9: which is no first appearance');
select is(test.item_ids(:only_b), '{}', 'a difference can be empty');

-- Sets of sets
select pg_temp.enable('difference', jsonb_build_array(
  jsonb_build_object('kind', 'segment_set', 'params', pg_temp.set_of('union', pg_temp.lists('b', 'a'))),
  jsonb_build_object('kind', 'segment_set', 'params', pg_temp.set_of('intersection', pg_temp.lists('b', 'a'))))) as either \gset
select test.play() \g /dev/null
select is(test.item_ids(:either), '{2,3,5}', 'a set can be made of sets');
select api.specified_users_add('b', '{2,7}') \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:either), '{3,5,7}', 'A6: and follows through them');
select is((select depth from asset.instances where instance_id = :either), 2::smallint, 'A4: in the order of depth');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- Bad input
select test.everything() as before \gset
select throws_ok($$ select pg_temp.enable('xor', pg_temp.lists('a', 'b')) $$, 'RK002', 'operation cannot be "xor"', 'an unknown operation is refused');
select throws_ok($$ select api.instance_id('segment_set', pg_temp.set_of('Union', pg_temp.lists('a', 'b'))) $$, 'RK002', 'operation cannot be "Union"',
  'A2: by whoever asks for it');
select throws_like($$ select pg_temp.enable('union', pg_temp.lists('a')) $$, 'sources cannot be [{%', 'a set of one is refused');
select throws_like($$ select pg_temp.enable('union', pg_temp.lists('a', 'b', 'a')) $$, 'sources names a segment twice: %', 'a segment that is named twice is refused');
select throws_like(
  $$ select pg_temp.enable('union', jsonb_build_array(
       jsonb_build_object('kind', 'segment_set', 'params', pg_temp.set_of('union', pg_temp.lists('a', 'b'))),
       jsonb_build_object('kind', 'segment_set', 'params', pg_temp.set_of('union', pg_temp.lists('b', 'a'))))) $$,
  'sources names a segment twice: %', 'A2: in another order too');
select throws_ok($$ select pg_temp.enable('union', pg_temp.lists('a') || '[{"kind": "post_corpus_for_segment", "params": {"source": {"kind": "segment_followers", "params": {"subject_id": "1"}}}}]') $$,
  'RK007', 'segment_set cannot be made of post_corpus_for_segment', 'a set of posts is refused');
select throws_ok($$ select pg_temp.enable('union', pg_temp.lists('a') || '[{"kind": "segment_of_friends", "params": {}}]') $$,
  'RK001', 'there is no asset kind ''segment_of_friends''', 'an unknown nested kind is refused');
select throws_ok($$ select pg_temp.enable('union', (select pg_temp.lists(variadic array_agg('k' || i)) from generate_series(1, 101) as i)) $$,
  'RK002', 'a set of 101 segments is too large', 'there is a limit');
select is(test.everything(), :'before'::jsonb, 'nothing has changed');

select * from finish();
rollback;
