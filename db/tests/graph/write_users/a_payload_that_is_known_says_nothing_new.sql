-- A payload is skipped only while it is the one that made the user what it is.
begin;
select plan(10);

create function pg_temp.list(p_handle text, p_bio text default 'a bio', p_count integer default 1) returns void language sql as $$
  select test.x_list('followers', 1, array[jsonb_build_object('data', jsonb_build_array(jsonb_build_object('id', '2', 'username', p_handle, 'name', 'Two',
    'description', p_bio, 'public_metrics', jsonb_build_object('followers_count', p_count))), 'meta', '{"result_count": 1}'::jsonb)::text]);
$$;
create function pg_temp.two() returns text language sql as $$
  select concat_ws(' ', handle, description, followers_count, gone_reason) from api.users where user_id = 2;
$$;

select test.x_users('{1}') \g /dev/null
select pg_temp.list('two') \g /dev/null
select isnt(payload_hash, null, 'the payload is known') from graph.user_counts where user_id = 2;
select pg_temp.list('two') \g /dev/null
select is(pg_temp.two(), 'two a bio 1', 'G8: the same again changes nothing');

select pg_temp.list('two', 'another') \g /dev/null
select is(pg_temp.two(), 'two another 1', 'another bio is seen');
select pg_temp.list('two') \g /dev/null
select is(pg_temp.two(), 'two a bio 1', 'and the first one again');
select pg_temp.list('two', 'a bio', 7) \g /dev/null
select pg_temp.list('two') \g /dev/null
select is(pg_temp.two(), 'two a bio 1', 'counts that went up and down again too');

select graph.lock_writer(), graph.mark_users_gone('{2}', '{suspended}', 1) \g /dev/null
select pg_temp.list('two') \g /dev/null
select is(pg_temp.two(), 'two a bio 1', 'G4: who was gone is revived by a payload that was known before');
select graph.lock_writer(), graph.write_users(array[test.x_profile(3, 'TWO')], 1) \g /dev/null
select is(pg_temp.two(), 'a bio 1', 'G3: a handle is lost to another user');
select pg_temp.list('two') \g /dev/null
select is(pg_temp.two(), 'two a bio 1', 'G3: and won back by a payload that was known before');
select test.x_list('followers', 1, array[jsonb_build_object('data', jsonb_build_array(
    jsonb_build_object('id', '2', 'username', 'two', 'name', 'Two', 'description', 'seen first', 'public_metrics', jsonb_build_object('followers_count', 1)),
    jsonb_build_object('id', '2', 'username', 'two', 'name', 'Two', 'description', 'a bio', 'public_metrics', jsonb_build_object('followers_count', 1))),
  'meta', '{"result_count": 2}'::jsonb)::text]) \g /dev/null
select is(pg_temp.two(), 'two a bio 1', 'of two sights in one page the later is the truth, though it was known before');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
