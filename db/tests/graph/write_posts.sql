begin;
select plan(13);

select test.x_users('{1,2}') \g /dev/null
select is(graph.write_posts(array[test.x_post(10, 1), test.x_post(11, 1), test.x_post(10, 1)], 5), 2, 'I4: a post twice in a page is one post');
select is(graph.write_posts(array[test.x_post(10, 1), test.x_post(11, 1)], 6), 0, 'G8: posts that are there change nothing');
select is_empty('select * from graph.post_changes where run_id = 6', 'G8: and write no log');

select is(graph.write_posts(array[test.x_post(10, 2, 'edited', '2026-03-09T00:00:00Z')], 7), 0, 'a new text makes no new post');
select results_eq('select author_id, posted_at, text from graph.posts where post_id = 10',
  $$ values (1::bigint, timestamptz '2026-03-01T12:00:00Z', 'edited') $$, 'G6: author and time never change');
select results_eq('select author_id, change from graph.post_changes where run_id = 7', $$ values (1::bigint, 'changed') $$, 'G7: the change is logged with its author');

select graph.remove_posts('{10}', 8) \g /dev/null
select is(graph.write_posts(array[test.x_post(10, 1, 'edited')], 9), 1, 'G4: a post that is seen again is back');
select results_eq('select change from graph.post_changes where post_id = 10 order by change_id', '{added,changed,removed,revived}'::text[], 'G4: the log tells its life');
select is((select deleted_at from graph.posts where post_id = 10), null, 'G4: it is alive');

create temp table before on commit drop as select ctid as version from graph.posts where post_id = 11;
select graph.write_posts(array[jsonb_populate_record(test.x_post(11, 1), '{"like_count": 3, "reply_count": 1}')], 10) \g /dev/null
select graph.write_posts(array[jsonb_populate_record(test.x_post(11, 1), '{"like_count": 4}')], 11) \g /dev/null
select results_eq('select like_count, reply_count from graph.post_counts', 'values (4::bigint, 1::bigint)', 'counts move, and stay where they are not said');
select is((select ctid from graph.posts where post_id = 11), (select version from before), 'and leave the post alone');
select throws_ok('select graph.write_posts(array[test.x_post(12, 99)], 12)', '23503', null, 'G2: the author is hydrated');
select throws_like('select graph.write_posts(array[test.x_post(-1, 1)], 12)', '%post_id_is_an_x_id%', 'G1: an X id is positive');

select * from finish();
rollback;
