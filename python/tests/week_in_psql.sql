-- The X of docs/psql.md: @lighthouse, who is followed by forty and follows twelve of them. Profiles have counts, since prices are told from them.
create or replace function test.user_object(p_user_id bigint, p_handle text default null)
  returns jsonb
  language sql
  stable
as $$
  select jsonb_build_object('id', p_user_id::text, 'username', coalesce(p_handle, 'user_' || p_user_id), 'name', 'User ' || p_user_id,
    'public_metrics', jsonb_build_object(
      'followers_count', (select count(*) from test.world_follows where target_id = p_user_id),
      'following_count', (select count(*) from test.world_follows where follower_id = p_user_id),
      'tweet_count', (select count(*) from test.world_posts where author_id = p_user_id), 'listed_count', 0));
$$;
insert into test.world_users select 4100 + i, (array['tern', 'dune', 'reef', 'kelp', 'gale'])[1 + i % 5] || '_' || i from generate_series(1, 45) as i;
insert into test.world_users values (783214, 'lighthouse'), (2244994945, 'breakwater');
insert into test.world_follows select 783214, 4100 + i from generate_series(1, 40) as i;
insert into test.world_follows select 4100 + i, 783214 from generate_series(1, 12) as i;
insert into test.world_follows select 2244994945, 4100 + i from generate_series(30, 45) as i;
insert into test.world_posts select 9000 + i, 4101 + i % 4, 'post number ' || i from generate_series(1, 20) as i;
select test.tick();
