-- A3, A7: what is queued to be materialized may rest, and be wanted again, before its turn comes. No tick may fail of that.
begin;
select plan(4);

insert into test.world_users select i, 'user_' || i from generate_series(1, 3) as i;
insert into test.world_follows values (1, 2), (1, 3), (2, 1);
select test.enable('segment_followers', '1') \g /dev/null
select test.enable('segment_mutuals', '1') as mutuals \gset
do $$
declare
  v_tick jsonb;
begin
  for v_round in 1 .. 100 loop
    exit when exists (select from asset.queue join asset.instances using (instance_id) where kind = 'segment_mutuals');
    v_tick := api.engine_tick('one', 9);
    perform test.respond((c ->> 'call_id')::bigint, test.world_answer(c)) from jsonb_array_elements(v_tick -> 'calls') as c;
  end loop;
end
$$;
select is((select count(*) from asset.queue where instance_id = :mutuals), 1::bigint, 'it is queued, to be read from everything');

select api.root_disable('segment_mutuals', '{"subject_id": "1"}') \g /dev/null
select test.enable('segment_mutuals', '1') \g /dev/null
select lives_ok('select test.play()', 'A7: the tick whose turn it is goes on');
select is(test.item_ids(:mutuals), '{2}', 'A3: it catches up');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
