-- A6, A12: where a pin has moved to the same membership, there is nothing to do; unless the dependency has moved on since.
begin;
select plan(8);

insert into test.world_users select i, 'user_' || i from generate_series(1, 2) as i;
insert into test.world_posts select i * 100 + 1, i from generate_series(1, 2) as i;
select api.specified_users_set('authors', array[1]) \g /dev/null
select test.enable('post_corpus_for_segment', 'segment_specified_users authors') as corpus \gset
select api.instance_id('segment_specified_users', '{"stable_key": "authors"}') as authors \gset
select test.play() \g /dev/null
create function pg_temp.pins(p_instance_id bigint) returns table (pinned_revision bigint, read_revision bigint, revision bigint) language sql as $$
  select p.output_revision, r.output_revision, i.output_revision
  from asset.dependencies as d
  join asset.instances as i on i.instance_id = d.dependency_id
  join asset.materializations as p on p.materialization_id = d.pinned_id
  join asset.materializations as r on r.materialization_id = d.read_id
  where d.instance_id = p_instance_id;
$$;

-- The same members once more, and a look at the corpus while the posts of 1 are not fresh
select api.specified_users_add('authors', array[404]) \g /dev/null
select test.play() \g /dev/null
select simulation.advance('7 hours'), test.tick() \g /dev/null
select test.answer('%/2/users/1/tweets', '{"detail": "no"}', 400) \g /dev/null
select test.tick() \g /dev/null
select ok((select pinned_id <> read_id from asset.dependencies where instance_id = :corpus), 'the corpus waits, and is to read a later materialization');
select results_eq(format('select * from pg_temp.pins(%s)', :corpus), 'values (1::bigint, 1::bigint, 1::bigint)', 'A8: of the same members');

-- Now 2 comes
select api.specified_users_add('authors', array[2]) \g /dev/null
select test.play() \g /dev/null
select results_eq(format('select * from pg_temp.pins(%s)', :corpus), 'values (1::bigint, 1::bigint, 2::bigint)', 'A12: the pin stays until it was read');
select is(test.item_ids(:corpus), '{101}', 'A5: for the posts of 1 are not fresh');

select simulation.advance('2 minutes') \g /dev/null
select test.play() \g /dev/null
select results_eq(format('select * from pg_temp.pins(%s)', :corpus), 'values (2::bigint, 2::bigint, 2::bigint)',
  'A6: a look that finds nothing new at the pin is followed by one at what has moved since');
select is(test.item_ids(:corpus), '{101,201}', 'A6: and nobody is missed');
select is_empty('select from asset.marks', 'which is all there was to do');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
