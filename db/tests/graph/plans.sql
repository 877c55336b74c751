-- The plans that decide whether ingest stays flat, with enough rows and statistics for the planner to choose.
begin;
select plan(4);

select test.x_users(array(select generate_series(1, 5000))) \g /dev/null
select graph.write_follows(array(select 1 + i % 3 from generate_series(4, 5000) as i), array(select generate_series(4, 5000)), 1) \g /dev/null
analyze graph.users, graph.follows, graph.follow_changes;

select matches(test.plan_of($$ select user_id from graph.users where lower(handle) = lower('User_77') $$), 'a_handle_has_one_holder', 'G3: a handle is looked up by its index');
select matches(test.plan_of($$
  select h.user_id from unnest(array[test.x_profile(1, 'User_77')]) as p
  join lateral (select user_id from graph.users where lower(handle) = lower(p.handle) limit 1) as h on true $$), 'a_handle_has_one_holder', 'G3: a page of them too');
-- A user whose last change is the oldest of a long log.
insert into graph.follow_changes (target_id, follower_id, change, run_id, changed_at) select 1, i, 'added', 1, base.now() from generate_series(2, 5000) as i;
insert into graph.follow_changes (target_id, follower_id, change, run_id, changed_at) select 2, i % 3, 'added', 1, base.now() from generate_series(1, 40000) as i;
analyze graph.follow_changes;
create function pg_temp.blocks_of(p_list text) returns bigint language plpgsql as $$
declare
  v_plan jsonb;
  v_least bigint;
begin
  -- The first times read the catalog too.
  for v_round in 1 .. 3 loop
    execute format('explain (analyze, buffers, format json) select graph.last_change_of(%L, i, 9223372036854775807) from unnest(array[1, 3, 4000]) as i', p_list)
    into v_plan;
    v_least := least(v_least, (v_plan #>> '{0,Plan,Shared Hit Blocks}')::bigint + (v_plan #>> '{0,Plan,Shared Read Blocks}')::bigint);
  end loop;
  return v_least;
end $$;
select ok(pg_temp.blocks_of('followers') < 60, 'E5: the last change to somebody''s followers is one probe');
select ok(pg_temp.blocks_of('following') < 60, 'E5: so is that of whom they follow');

select * from finish();
rollback;
