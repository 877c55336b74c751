begin;
select plan(8);

select test.x_users('{1,2,3}') \g /dev/null
select graph.write_follows('{1}', '{2}', null, 1) \g /dev/null
select graph.write_posts(array[test.x_post(11, 1), test.x_post(33, 3)], 1) \g /dev/null
select graph.mark_users_gone('{1,2,99}', '{suspended,null,not_found}', 7) \g /dev/null
select results_eq('select user_id, gone_reason from graph.users where deleted_at = base.now() order by 1', $$ values (1::bigint, 'suspended'), (2, null) $$,
  'G4: a user keeps when it went, and why where X says so');
select results_eq('select post_id, text is null, deleted_at is null from graph.posts order by 1', $$ values (11::bigint, true, true), (33, false, true) $$,
  'G4: the texts of their posts go, the posts stay');
select is((select count(*) from graph.users), 3::bigint, 'G2: an id that is no user here makes no row');
select is(test.x_followers(1), '{2}', 'G4: edges decide, and stay');
select results_eq('select user_id from graph.user_changes where change = ''removed'' and run_id = 7 order by 1', '{1,2}'::bigint[], 'G7: who went is logged');

select simulation.advance('1 day') \g /dev/null
select graph.mark_users_gone('{1,2}', '{suspended,not_found}', 8) \g /dev/null
select ok(bool_and(deleted_at = base.now() - interval '1 day'), 'a user goes once') from graph.users where deleted_at is not null;
select results_eq('select user_id from graph.user_changes where run_id = 8', '{2}'::bigint[], 'G8: the same again writes nothing, a reason that is new does');
select throws_like($$ update graph.users set gone_reason = 'suspended' where user_id = 3 $$, '%only_a_deleted_user_has_a_gone_reason%', 'G4: who is there has no reason to be gone');

select * from finish();
rollback;
