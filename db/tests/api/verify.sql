-- A13: a verification holds the snapshot against the events, and these against what the kind computes at the inputs that were read.
begin;
select plan(15);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows select 1, i from generate_series(2, 6) as i;
insert into test.world_follows select i, 1 from generate_series(4, 8) as i;
insert into test.world_posts select i * 100 + n, i from generate_series(2, 6) as i, generate_series(1, 2) as n;
select api.specified_users_set('staff', array[2, 7]) \g /dev/null
select test.enable('segment_specified_users', 'staff') as staff, test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset
select test.play() \g /dev/null
select api.instance_id('segment_followers', '{"subject_id": "1"}') as followers,
       api.instance_id('segment_mutuals', '{"subject_id": "1"}') as mutuals \gset

create function pg_temp.found() returns setof text language sql as $$
  select format('%s: %s %s expected %s, found %s, %s', i.kind, f.finding, f.item_id, f.expected, f.found, f.remedy)
  from asset.instances as i cross join lateral api.verify(i.instance_id) as f order by 1;
$$;
select is_empty('select pg_temp.found()', 'A13: all is in order');

-- A look that waits: the mutuals have pinned what the corpus of their posts may not read yet
select simulation.advance('6 hours') \g /dev/null
insert into test.world_follows values (2, 1), (1, 9);
select test.tick() \g /dev/null
do $$
declare
  v_call jsonb;
begin
  for v_round in 1 .. 5 loop
    for v_call in
      select jsonb_build_object('call_id', call_id, 'path', path, 'query', query) from ingest.calls where state = 'claimed' and path not like '%tweets'
    loop
      perform test.respond((v_call ->> 'call_id')::bigint, test.world_answer(v_call));
    end loop;
    perform test.tick();
  end loop;
end;
$$;
select is(test.item_ids(:mutuals), '{2,4,5,6}', 'the source of the corpus has moved on');
select isnt((select pinned_id from asset.dependencies where instance_id = :corpus), (select read_id from asset.dependencies where instance_id = :corpus),
  'A12: and the corpus will read that next');
select is_empty('select pg_temp.found()', 'A13: what was read last is what counts');
select isnt((select pinned_id from asset.dependencies where instance_id = :corpus), (select read_id from asset.dependencies where instance_id = :corpus),
  'A13: a verification leaves the pins as they were');
select test.play() \g /dev/null
select is_empty('select pg_temp.found()', 'A13: then that is in order too');

-- At rest
select api.root_disable('post_corpus_for_segment', test.params('post_corpus_for_segment', 'segment_mutuals 1')) \g /dev/null
select test.enable('segment_followers', '1') \g /dev/null
select simulation.advance('8 days') \g /dev/null
delete from test.world_follows where follower_id = 2;
select test.play() \g /dev/null
select is_empty('select pg_temp.found()', 'A13: what rests is as it was');
select is((select count(pinned_id) from asset.dependencies), 0::bigint, 'A3: and pins nothing');

-- An edit that was not read
select api.specified_users_add('staff', array[3]) \g /dev/null
select results_eq('select pg_temp.found()', $$ values ('segment_specified_users: note  expected , found not computed: an edit was not read yet, none') $$,
  'A13: a set that was edited since cannot be computed as it was');
select test.play() \g /dev/null
select is_empty('select pg_temp.found()', 'A13: once it was read it can');

-- History that was tampered with
delete from asset.events where instance_id = :followers and item_id = 9;
select is(array(select finding || coalesce(' ' || item_id, '') || ' ' || remedy from api.verify(:followers) order by 1),
  '{"computation 9 read_everything","event_count none","member 9 rebuild","member_count read_everything","member_count rebuild"}', 'A10: an event that was lost');
select is((select array_agg(finding || ' ' || expected || ' / ' || found) from api.verify(:followers) where finding = 'computation'), '{"computation in / out"}',
  'A13: it says what is expected and what was found');
select asset.repair(:followers) \g /dev/null
select test.play() \g /dev/null
select ok(9 = any (test.item_ids(:followers)), 'A13: what the inputs say enters again');
select is(array(select finding || ' ' || remedy from api.verify(:followers)), '{"event_count none"}', 'A7: what was recorded then cannot be mended');
update asset.events set is_enter = false, is_first_appearance = null where instance_id = :followers and item_id = 9;
select is((select count(*) from api.verify(:followers) where finding = 'event' and item_id = 9 and expected = 'enter'), 1::bigint, 'A9: an exit of who was never in');

select * from finish();
rollback;
