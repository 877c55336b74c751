-- Many made-up users who all follow the first of them. Without triggers: the rows fit each other, and a million checks of a
-- foreign key take longer than all the rest.

set local session_replication_role = replica;
set local synchronous_commit = off;

insert into graph.users (user_id, handle, name, description, image_url, is_verified, verified_type, is_protected, joined_at)
select ((67165000000 + i * 380000) << 22) | (i & 1048575), 'F' || left(md5(i::text), 14), 'Filler ' || i,
       'One of many, number ' || i || ' of them all', 'https://pbs.twimg.com/profile_images/' || i || '/a_normal.jpg',
       i % 9 = 0, 'none', false, to_timestamp(1356000000 + i * 380.0)
from generate_series(1, {users}::bigint) as i;

insert into graph.user_counts (user_id, followers_count, following_count, post_count, listed_count, run_id)
select user_id, user_id % 4001, user_id % 1999, user_id % 17000, user_id % 31, 1 from graph.users
on conflict do nothing;

insert into graph.user_changes (user_id, change, run_id, changed_at)
select user_id, 'added', 1, base.now() from graph.users where handle like 'F%';

with logged as (
  insert into graph.follow_changes (target_id, follower_id, change, run_id, changed_at)
  select (select min(user_id) from graph.users where handle like 'F%'), user_id, 'added', 1, base.now()
  from graph.users where handle like 'F%' offset 1
  returning target_id, follower_id, change_id
)
insert into graph.follows (target_id, follower_id, change_id, first_seen_at)
select target_id, follower_id, change_id, base.now() from logged;
