-- Counts that moved leave a note of whose; the others leave nothing (G8).
begin;
select plan(7);

create function pg_temp.profiles(p_profiles jsonb) returns graph.profile[] language sql as $$
  select array_agg(jsonb_populate_record(null::graph.profile, p)) from jsonb_array_elements(p_profiles) as p;
$$;

select graph.lock_writer() \g /dev/null
select graph.write_users(pg_temp.profiles('[{"user_id": 1, "followers_count": 5, "listed_count": 1}, {"user_id": 2, "followers_count": 5}]'), 1) \g /dev/null
select is_empty('select 1 from graph.recounts', 'a first sight is in the log of users, and no recount');
select graph.write_users(pg_temp.profiles('[{"user_id": 1, "followers_count": 5}, {"user_id": 2}]'), 2) \g /dev/null
select is_empty('select 1 from graph.recounts', 'G8: counts that did not move, or were not said, leave nothing');

select max(change_id) as position from graph.user_changes \gset
select graph.write_users(pg_temp.profiles('[{"user_id": 2, "followers_count": 6}, {"user_id": 1, "following_count": 9}]'), 3) \g /dev/null
select is((select (user_ids, run_id)::text from graph.recounts), '("{1,2}",3)', 'counts that moved are one row a page: whose, and by which run');
select ok((select change_id > :position from graph.recounts), 'numbered like the logs');
select results_eq('select user_id, followers_count, following_count, listed_count, run_id from graph.user_counts order by user_id',
  'values (1::bigint, 5::bigint, 9::bigint, 1::bigint, 3::bigint), (2, 6, null, null, 3)', 'what is not said stays');
select graph.update_user_counts('{}', 4) \g /dev/null
select is((select count(*) from graph.recounts), 1::bigint, 'nobody is no note');
select is(graph.last_change_id(), :position::bigint, 'the position of the logs is theirs alone');

select * from finish();
rollback;
