begin;
select plan(4);

select test.x_users('{1}') \g /dev/null
select graph.write_posts(array[test.x_post(10, 1), test.x_post(11, 1)], 5) \g /dev/null
select is(graph.remove_posts('{10,99}', 6), 1, 'G4: a post dies by evidence against it');
select is((select deleted_at from graph.posts where post_id = 10), base.now(), 'G4: softly');
select results_eq('select author_id, post_id, change from graph.post_changes where run_id = 6', $$ values (1::bigint, 10::bigint, 'removed') $$, 'G7: and is logged');
select is(graph.remove_posts('{10}', 7), 0, 'G8: a post dies once');

select * from finish();
rollback;
