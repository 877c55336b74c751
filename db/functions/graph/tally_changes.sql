create or replace function graph.tally_changes(
    p_run_id bigint, p_list text, p_user_id bigint, p_after bigint, p_ended_at timestamptz, p_limit integer)
  returns table (changes jsonb, is_whole boolean)
  language sql
  stable
as $$
  -- A run's own list has a log of its own; whatever else it changed lies in the logs of all, from its start on.
  with read as (
    (select 'users' as log, change, run_id, changed_at from graph.user_changes where change_id > p_after order by change_id limit p_limit)
    union all
    (select 'follows', change, run_id, changed_at from graph.follow_changes
     where p_list = 'followers' and target_id = p_user_id and change_id > p_after order by target_id, change_id limit p_limit)
    union all
    (select 'follows', change, run_id, changed_at from graph.follow_changes
     where p_list = 'following' and follower_id = p_user_id and change_id > p_after order by follower_id, change_id limit p_limit)
    union all
    (select 'posts', change, run_id, changed_at from graph.post_changes
     where p_list = 'posts' and author_id = p_user_id and change_id > p_after order by author_id, change_id limit p_limit)
    union all
    (select 'posts', change, run_id, changed_at from graph.post_changes
     where p_list in ('post_lookup', 'search') and change_id > p_after order by change_id limit p_limit)
  ), counted as (
    select log, change, count(*) as change_count from read where run_id = p_run_id group by log, change
  )
  select coalesce((select jsonb_object_agg(log, counts) from (
                     select log, jsonb_object_agg(change, change_count) as counts from counted group by log) as l), '{}'),
         (select coalesce(bool_and(row_count < p_limit or coalesce(last_at > p_ended_at, false)), true) from (
            select count(*) as row_count, max(changed_at) as last_at from read group by log) as r);
$$;
comment on function graph.tally_changes(bigint, text, bigint, bigint, timestamptz, integer) is
  'What a run changed, {users: {added: 3}, follows: …}, as far as p_limit rows of each log from its start on tell; whether that is all of it.';
