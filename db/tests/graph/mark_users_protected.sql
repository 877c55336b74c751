begin;
select plan(5);

select test.x_users('{1,2}') \g /dev/null
select graph.write_users(array[jsonb_populate_record(test.x_profile(3, 'user_3'), '{"is_protected": true}')], null, 1) \g /dev/null
select graph.write_posts(array[test.x_post(31, 3, 'came late')], 6), graph.mark_users_protected('{1,3,99}', 7) \g /dev/null
select is((select text from graph.posts), null, 'G4: no text is kept, though it was known that they are protected');
select results_eq('select user_id, is_protected from graph.users order by 1', 'values (1::bigint, true), (2, null), (3, true)', 'G4: it is recorded on the user that X hides its lists; G2: an id that is none makes no row');
select results_eq('select user_id, change from graph.user_changes where run_id = 7', $$ values (1::bigint, 'changed') $$, 'G8: only what is new is logged');
select is((select payload_hash from graph.user_counts where user_id = 1), null, 'what was known of the user is not taken for known any more');
select graph.write_users(array[jsonb_populate_record(test.x_profile(1, 'user_1'), '{"is_protected": false}')], 8) \g /dev/null
select is((select is_protected from graph.users where user_id = 1), false, 'a profile that says otherwise is believed');

select * from finish();
rollback;
