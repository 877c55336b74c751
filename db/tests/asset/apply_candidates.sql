-- A8, A9, A10: one statement turns what a kind says into members and events; reading everything is the same with a wider input.
begin;
select plan(12);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
insert into test.world_follows select 1, i from generate_series(2, 4) as i;
select test.enable('segment_followers', '1') as followers \gset
select test.play() \g /dev/null
select is((select reads_everything from api.materializations where instance_id = :followers), true, 'the first materialization reads everything');

insert into test.world_follows values (1, 5);
select api.sync_request('followers', 1) \g /dev/null
select test.play() \g /dev/null
select is((select (reads_everything, entered, exited, members, revision)::text from api.materializations where instance_id = :followers order by materialization_id desc limit 1),
  '(f,1,0,4,2)', 'a later one reads what may have changed');
select is((select count(*) from asset.members where instance_id = :followers and entered_at = first_entered_at), 4::bigint, 'and writes nobody else');

-- A snapshot that has gone wrong: reading everything mends it, with events that say so
update asset.instances set read_revision = null where instance_id = :followers;
select graph.remove_follows('{1}', '{3}', 99) \g /dev/null
insert into asset.marks (instance_id, cause, look_at) values (:followers, 'repair', base.now());
select test.play() \g /dev/null
select is((select (reads_everything, entered, exited, members, revision)::text from api.materializations where instance_id = :followers order by materialization_id desc limit 1),
  '(t,0,1,3,3)', 'A13: reading everything again finds only the difference');
select is(test.item_ids(:followers), '{2,4,5}', 'A10: and leaves the members as they are to be');
select is((select left_at is not null from asset.members where instance_id = :followers and item_id = 3), true, 'who left keeps a row, marked');

-- A member whom the kind does not name when asked for everything has left
update asset.instances set read_revision = null where instance_id = :followers;
create or replace function asset.segment_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$ values (2::bigint, true), (3, true), (6, false) $$;
insert into asset.marks (instance_id, cause, look_at) values (:followers, 'repair', base.now());
select test.play() \g /dev/null
select results_eq(
  format('select item_id, event, is_first_appearance from api.events(%s, 3)', :followers),
  $$ values (5::bigint, 'exit', null::boolean), (4, 'exit', null), (3, 'enter', false) $$,
  'A9: who is not named leaves, who came back does not appear for the first time, and who never was in has no event');

-- In a delta, who is not named stays; who is named as he is has no event
update asset.instances set input_revision = input_revision + 1 where instance_id = :followers;
create or replace function asset.segment_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$ values (2::bigint, true), (4, false) $$;
insert into asset.marks (instance_id, cause, look_at) values (:followers, 'root', base.now());
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{2,3}', 'a delta leaves alone whom it does not name');
select is((select (entered, exited, revision)::text from api.materializations where instance_id = :followers order by materialization_id desc limit 1), '(0,0,4)',
  'A8: without a change of the membership the revision stays');

-- An item that a kind names twice
update asset.instances set input_revision = input_revision + 1 where instance_id = :followers;
create or replace function asset.segment_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$ values (6::bigint, true), (6, true) $$;
select graph.write_users(array[test.x_profile(6, 'user_6')], 99) \g /dev/null
insert into asset.marks (instance_id, cause, look_at) values (:followers, 'root', base.now());
select test.play() \g /dev/null
select is((select error_state from api.materializations where instance_id = :followers order by materialization_id desc limit 1), '23505', 'A9: a kind that names an item twice fails');
select is(test.item_ids(:followers), '{2,3}', 'A7: and leaves the snapshot as it was');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
