begin;
select plan(6);

select test.x_users('{1}') \g /dev/null
select graph.mark_users_gone('{1}', '{suspended}', 2) \g /dev/null
select test.x_users('{1}') \g /dev/null
select ok(deleted_at is null and gone_reason is null, 'G4: a user who is seen again is not gone') from graph.users where user_id = 1;
select is((select array_agg(change order by change_id) from graph.user_changes), '{added,removed,revived}', 'G4: the log says so');

select graph.write_users(array[jsonb_populate_record(test.x_profile(1, 'user_1', 'User 1'), '{"description": "hello", "is_protected": true}')], 3) \g /dev/null
select graph.write_users(array[test.x_profile(1, 'user_1', 'User 1')], 4) \g /dev/null
select is((select description from graph.users), null, 'a text that is absent is none any more');
select ok((select is_protected from graph.users), 'a flag that is absent was not said');
select results_eq('select run_id from graph.user_changes where change = ''changed'' order by 1', '{3,4}'::bigint[], 'G7: every change names its run');
select throws_like($$ select graph.write_users(array[test.x_profile(0, 'x')], 1) $$, '%user_id_is_an_x_id%', 'G1: an X id is positive');

select * from finish();
rollback;
