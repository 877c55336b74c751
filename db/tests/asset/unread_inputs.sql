-- A13: what has no history can be computed again only while nothing of it has moved; the graph and dependencies always can.
begin;
select plan(12);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
insert into test.world_follows values (1, 2), (1, 3);
select api.specified_users_set('all', '{1,2,3}') \g /dev/null
select api.root_enable('segment_filter', '{"where": {"verified": true}, "source": {"kind": "segment_specified_users", "params": {"stable_key": "all"}}}') as verified,
       test.enable('segment_followers', '1') as followers \gset
create function pg_temp.see(p_is_verified boolean) returns void language sql as $$
  select graph.lock_writer();
  select graph.write_users(array[jsonb_populate_record(null::graph.profile,
    jsonb_build_object('user_id', 2, 'handle', 'user_2', 'name', 'User 2', 'is_verified', p_is_verified))], null, 1);
$$;
create function pg_temp.unread(p_instance_id bigint) returns text language sql as $$
  select asset.unread_inputs(i) from asset.instances as i where instance_id = p_instance_id;
$$;
select is(pg_temp.unread(:followers), 'everything is read next', 'before its first success nothing was read');
select test.play() \g /dev/null
select pg_temp.see(true) \g /dev/null
select test.tick() \g /dev/null
select is(test.item_ids(:verified), '{2}', 'there is a filter');
select is(pg_temp.unread(:verified), null, 'A13: nothing has moved since it was read');
select is_empty(format('select * from api.verify(%s)', :verified), 'A13: so it can be computed');

select pg_temp.see(false) \g /dev/null
select is(pg_temp.unread(:verified), 'changes were not read yet', 'A13: not when the log goes on');
select results_eq(format('select finding, found from api.verify(%s)', :verified), $$ values ('note', 'not computed: changes were not read yet') $$, 'A13: which is no fault');
select asset.take_changes(100) \g /dev/null
select is(pg_temp.unread(:verified), 'changes were not read yet', 'A13: nor when a change is marked');
select is(pg_temp.unread(:followers), null, 'A11: the graph can be read as it was');
select test.tick() \g /dev/null
select is(pg_temp.unread(:verified), null, 'A13: once it was read again it can');

select graph.lock_writer(), graph.update_user_counts(array[jsonb_populate_record(null::graph.profile, '{"user_id": 2, "followers_count": 5}')], 1) \g /dev/null
select is(pg_temp.unread(:verified), 'changes were not read yet', 'A13: counts that moved are changes too');
select test.tick() \g /dev/null
select is(pg_temp.unread(:verified), null, 'A13: until they were read');
select api.root_disable('segment_filter', '{"where": {"verified": true}, "source": {"kind": "segment_specified_users", "params": {"stable_key": "all"}}}') \g /dev/null
select is(pg_temp.unread(:verified), 'changes were not read yet', 'A3: of what rests, changes are not marked');

select * from finish();
rollback;
