-- What was there at a position of the graph: last_change_id, last_change_of, is_follow_alive_at, is_post_alive_at.
begin;
select plan(10);

select is(graph.last_change_id(), 0::bigint, 'an empty graph stands at zero');
select test.x_users('{1,2}') \g /dev/null
select graph.last_change_id() as p0 \gset
select graph.write_follows('{1}', '{2}', 1), graph.write_posts(array[test.x_post(10, 1)], 1) \g /dev/null
select graph.last_change_id() as p1 \gset
select graph.remove_follows('{1}', '{2}', 2), graph.remove_posts('{10}', 2) \g /dev/null
select graph.last_change_id() as p2 \gset
select graph.write_follows('{1}', '{2}', 3), graph.write_posts(array[test.x_post(10, 1)], 3) \g /dev/null
select graph.last_change_id() as p3 \gset

select ok(:p0 < :p1 and :p1 < :p2 and :p2 < :p3, 'a position is a moment of the whole graph');
select is((select array_agg(graph.is_follow_alive_at(f, p) order by p) from graph.follows as f, unnest(array[:p0, :p1, :p2, :p3]::bigint[]) as p), '{f,t,f,t}',
  'A11: an edge is there when it was added, and not after it was removed');
select is((select array_agg(graph.is_post_alive_at(o, p) order by p) from graph.posts as o, unnest(array[:p0, :p1, :p2, :p3]::bigint[]) as p), '{f,t,f,t}',
  'A11: so is a post');
select is(graph.last_change_of('followers', 1, :p2), (select max(change_id) from graph.follow_changes where change = 'removed'), 'A6: the last change of followers, up to a position');
select is(graph.last_change_of('following', 2, :p3), (select max(change_id) from graph.follow_changes), 'A6: of following');
select is(graph.last_change_of('posts', 1, :p3), (select max(change_id) from graph.post_changes), 'A6: of posts');
select is(graph.last_change_of('users', 2, :p3), (select change_id from graph.user_changes where user_id = 2), 'A6: of users, the first sight');
select is(graph.last_change_of('followers', 1, :p0), null, 'null before there was any');
select is(graph.last_change_of('followers', 2, :p3), null, 'and for who has none');

select * from finish();
rollback;
