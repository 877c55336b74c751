-- Constraints of the graph that carry a rule.
begin;
select plan(9);

select test.x_users('{1,2}') \g /dev/null
select graph.write_follows('{1}', '{2}', 1) \g /dev/null
select throws_like($$ insert into graph.follows (target_id, follower_id, change_id, first_seen_at) values (1, 2, 9, now()) $$, '%follows_pkey%', 'G5: an edge is unique by target and follower');
select throws_like($$ insert into graph.follows (target_id, follower_id, change_id, first_seen_at) values (1, 1, 9, now()) $$, '%nobody_follows_themselves%', 'nobody follows themselves');
select throws_like($$ insert into graph.users (user_id, handle) values (3, '') $$, '%handle_is_not_empty%', 'G3: no handle is null, not empty');
select throws_like($$ update graph.users set deleted_at = now(), gone_reason = 'bored' $$, '%gone_reason_is_known%', 'G4: a reason is a known one');
select throws_like($$ insert into graph.handle_changes (user_id, old_handle, new_handle, run_id, changed_at) values (1, 'a', 'a', 1, now()) $$,
  '%a_transition_changes_the_handle%', 'G3: a transition changes something');
select throws_like($$ insert into graph.handle_changes (user_id, new_handle, changed_at) values (1, 'a', now()) $$, '%handle_change_has_one_origin%', 'G7: a transition has an origin');
select throws_like($$ insert into graph.follow_changes (target_id, follower_id, change, run_id, event_id, changed_at) values (1, 2, 'removed', 1, 1, now()) $$,
  '%follow_change_has_one_origin%', 'G7: a change has one origin');
select throws_like($$ insert into graph.post_changes (author_id, post_id, change, changed_at) values (1, 2, 'removed', now()) $$, '%post_change_has_one_origin%', 'G7: so has one of a post');
select throws_like($$ insert into graph.user_changes (user_id, change, changed_at) values (1, 'changed', now()) $$, '%user_change_has_one_origin%', 'G7: and one of a user');

select * from finish();
rollback;
