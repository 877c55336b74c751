-- A11: one membership, page by page, whatever happens meanwhile.
begin;
select plan(9);

insert into test.world_users select i, 'user_' || i from generate_series(1, 30) as i;
insert into test.world_posts select i * 10, i from generate_series(1, 30) as i;
select api.specified_users_set('staff', array[1]) \g /dev/null
select test.enable('segment_specified_users', 'staff') as staff, test.enable('post_corpus_for_segment', 'segment_specified_users staff') as corpus \gset

-- Twelve days on which people come, leave and come again
create temporary table days (instance_id bigint, materialization_id bigint, item_ids bigint[], since timestamptz[]);
do $$
begin
  for v_day in 1 .. 12 loop
    perform api.specified_users_set('staff', array(select i from generate_series(1, 30) as i where (i * v_day * 7 + v_day) % 5 < 2 or i = 1 + v_day % 3));
    perform test.play();
    insert into days
    select i.instance_id, i.checkpoint_id, array_agg(m.item_id order by m.item_id), array_agg(m.since order by m.item_id)
    from asset.instances as i cross join lateral api.members(i.instance_id) as m group by i.instance_id, i.checkpoint_id;
    perform simulation.advance('1 day');
  end loop;
end;
$$;

create function pg_temp.pages(p_instance_id bigint, p_moment_id bigint, p_limit integer) returns table (item_id bigint, since timestamptz)
language plpgsql set role = rookery_reader as $$
declare
  v_after_id bigint := 0;
  v_count integer;
begin
  loop
    return query select m.item_id, m.since from api.members_page(p_instance_id, p_moment_id, p_limit, v_after_id) as m;
    get diagnostics v_count = row_count;
    exit when v_count < p_limit;
    v_after_id := (select max(m.item_id) from api.members_page(p_instance_id, p_moment_id, p_limit, v_after_id) as m);
  end loop;
end;
$$;
select cmp_ok((select count(*) from asset.events where not is_first_appearance), '>', 20::bigint, 'there is a past, in which people came again');
select is_empty($$ select materialization_id, n from days cross join (values (1), (2), (7), (1000)) as l (n)
  where array(select item_id from pg_temp.pages(instance_id, materialization_id, n)) <> item_ids $$, 'A11: pages of any size, in the order of the ids, are the members of then; posts too');
select is_empty($$ select materialization_id, p.* from days cross join lateral pg_temp.pages(instance_id, materialization_id, 7) as p
  where p.since is distinct from days.since[array_position(item_ids, p.item_id)] and p.since is not null $$, 'and since when they were in is what it was then, or null');
select cmp_ok((select count(p.since) * 2 from days cross join lateral pg_temp.pages(instance_id, materialization_id, 7) as p),
  '>', (select count(*) from days cross join lateral pg_temp.pages(instance_id, materialization_id, 7) as p), 'which is rare enough');
select is_empty($$ select m.since from api.instances as i cross join lateral api.members_page(i.instance_id, i.checkpoint_id) as m where m.since is null $$,
  'of now it is always known');
select is((select count(*) from api.members_page(:staff, (select max(materialization_id) from days where instance_id = :staff), null)),
  (select cardinality(item_ids)::bigint from days where instance_id = :staff order by materialization_id desc limit 1), 'without a limit: all');
select throws_ok(format('select api.members_page(%s, 404404)', :staff), 'RK016', format('instance %s has no materialization 404404', :staff), 'an unknown materialization');
select throws_ok('select api.members_page(404404, 1)', 'RK004', 'there is no instance 404404', 'an unknown instance');
select throws_ok(format('select api.members_page(%s, %s, 0)', :staff, (select max(materialization_id) from days where instance_id = :staff)), 'RK012',
  'a page cannot have 0 members after 0', 'an empty page');

select * from finish();
rollback;
