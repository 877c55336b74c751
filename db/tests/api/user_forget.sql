-- What X hides is not kept, and who asks to be forgotten is, for good.
begin;
select plan(22);

insert into test.world_users select i, 'user_' || i from unnest('{1,2,33,4}'::int[]) as i;
insert into test.world_follows values (1, 2), (1, 33), (1, 4);
insert into test.world_posts values (100, 2), (101, 33), (102, 33);
select test.enable('post_corpus_for_segment', 'segment_followers 1') as corpus \gset
select test.play() \g /dev/null
select api.root_enable('segment_filter', '{"source": {"kind": "segment_followers", "params": {"subject_id": "1"}}, "where": {"name": {"matches": "."}}}') as named \gset
select test.play() \g /dev/null
select is(test.item_ids(:named), '{2,4,33}', 'three followers have a name');

-- What X hides.
select graph.remove_posts('{100}', 7) \g /dev/null
select is((select text from graph.posts where post_id = 100), null, 'a post that is deleted keeps no text');
select throws_like($$ update graph.posts set text = 'still here' where post_id = 100 $$, '%a_deleted_post_says_nothing%', 'whoever writes it');
select graph.write_posts(array[test.x_post(100, 2, 'back')], 7) \g /dev/null
select is((select text from graph.posts where post_id = 100), 'back', 'G4: seen again, it says what it says');

select graph.mark_users_gone('{2}', '{suspended}', 7) \g /dev/null
select is((select text from graph.posts where post_id = 100), null, 'posts of who is gone keep no text');
select test.play() \g /dev/null
select is(test.item_ids(:named), '{2,4,33}', 'G4: being gone takes nobody out of a set, so the profile stays as last seen');
select graph.write_users(array[test.x_profile(2, 'user_2', 'User 2')], 8) \g /dev/null

select graph.write_posts(array[test.x_post(100, 2, 'for all')], 8) \g /dev/null
select graph.mark_users_protected('{2}', 8) \g /dev/null
select is((select text from graph.posts where post_id = 100), null, 'posts of who has hidden them keep no text');
select graph.write_posts(array[test.x_post(101, 33, 'for all')], 8) \g /dev/null
select graph.write_users(array[jsonb_populate_record(test.x_profile(33, 'user_33'), '{"is_protected": true}')], 9) \g /dev/null
select is((select text from graph.posts where post_id = 101), null, 'also where a profile says it');

-- Who asks for it.
select graph.write_posts(array[test.x_post(101, 33, 'for all')], 9) \g /dev/null
select graph.write_users(array[test.x_profile(33, 'once_33')], 9) \g /dev/null
select test.play() \g /dev/null
select test.new_follower('@once_33', '1') as told, test.new_follower('@user_4', '1') as other \gset
select throws_ok($$ select api.user_forget(99) $$, 'RK018', 'nothing is known of user 99', 'nobody is forgotten who is not known');
select throws_ok($$ select api.user_forget(null) $$, 'RK003', null, 'nor without an id');
select throws_ok($$ select api.user_forget(1) $$, 'RK022', 'user 1 is asked for by the root post_corpus_for_segment {"source": {"kind": "segment_followers", "params": {"subject_id": "1"}}}',
  'nor is anybody of whom an operator asks for more');
-- A kind may call its user what it likes.
insert into asset.kinds values ('segment_fans', 'user', '{"idol": "user_id"}', '');
insert into asset.instances (kind, params, params_hash, identity_hash, depth, created_at)
select 'segment_fans', '{"idol": "33"}', h, h, 0, base.now() from asset.params_hash('segment_fans', '{"idol": "33"}') as h returning instance_id as fans \gset
insert into asset.roots (instance_id, is_enabled, enabled_at) values (:fans, true, base.now());
select throws_ok($$ select api.user_forget(33) $$, 'RK022', 'user 33 is asked for by the root segment_fans {"idol": "33"}', 'whatever the param is called');
delete from asset.roots where instance_id = :fans;
select api.specified_users_set('watched', '{33}') \g /dev/null
select throws_ok($$ select api.user_forget(33) $$, 'RK022', 'user 33 is in the set ''watched''', 'or whom a set names');
select api.specified_users_set('watched', '{4}') \g /dev/null

set local role rookery_operator;
select is(api.user_forget(33), '{"user_id": "33", "handles": 2, "posts": 2, "rejects": 0, "events": 1}', 'what was blanked is counted');
reset role;
select is((select to_jsonb(u) - array['user_id', 'is_protected', 'deleted_at', 'gone_reason'] from graph.users as u where user_id = 33),
  '{"handle": null, "name": null, "description": null, "location": null, "url": null, "image_url": null, "is_verified": null, "verified_type": null, "joined_at": null}',
  'nothing but the number is kept of the profile');
select is_empty($$ select 1 from graph.handle_changes where user_id = 33 union all select 1 from graph.posts where author_id = 33 and text is not null
                   union all select 1 from graph.user_counts where user_id = 33 and followers_count is not null $$, 'nor handles, texts and counts');
select results_eq(format('select event_id, payload = ''{}'', state from ingest.webhook_events where event_id in (%s, %s) order by 1', :told, :other),
  format('values (%s::bigint, true, ''ignored''), (%s, false, ''received'')', :told, :other), 'nor what an event said of them');
select test.play() \g /dev/null
select is(test.item_ids(:named), '{2,4}', 'A6: a condition about a profile is met no more, at once');
select simulation.advance('8 days') \g /dev/null
select test.play() \g /dev/null
select graph.write_posts(array[test.x_post(103, 33, 'again')], 9) \g /dev/null
select results_eq('select handle collate "default", name, (select string_agg(text, '','') from graph.posts where author_id = 33) from graph.users where user_id = 33',
  'values (null::text, null::text, null::text)', 'and X, asked again, brings nothing of it back');
select ok('{33}' <@ test.item_ids(api.instance_id('segment_followers', '{"subject_id": "1"}')), 'numbers stay: memberships are what they were');
select is(test.item_ids(:named), '{2,4}', 'and still none about a profile is met');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
