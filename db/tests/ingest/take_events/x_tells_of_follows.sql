-- W3: X's events of follows are applied with the profiles in them, in the order in which they came; the late ones change nothing.
begin;
select plan(41);

select simulation.set_now('2026-11-01 12:00+00') \g /dev/null
select test.x_follow('follow', 1, 2) as followed \gset
select is(test.tick(), '[]', 'W3: nothing is looked up: the profiles are in the event');
select is(test.fate(:followed), 'applied: the edge is new, or came back', 'W3: a follow adds an edge');
select is(test.x_handles('{1,2}'), '{user_1,user_2}', 'W3: the profiles were paid for, and are used');
select is((select array_agg(distinct event_id) from graph.user_changes), array[:followed::bigint], 'G7: with the event as what they came by');
select is((select cost_usd from api.webhook_events where event_id = :followed), 0.01, 'I9: and with its price');
select test.x_follow('unfollow', 1, 2) as unfollowed \gset
select test.tick() \g /dev/null
select is(test.fate(:unfollowed), 'applied: the edge has ended', 'W3: an unfollow ends it');
select is((select deleted_at from graph.follows), base.now(), 'G4: which is marked, not deleted');
select is((select event_id from graph.follow_changes where change = 'removed'), :unfollowed::bigint, 'G7: by that event');
select test.x_follow('follow', 1, 2) as back \gset
select test.tick() \g /dev/null
select is((select change from graph.follow_changes where event_id = :back), 'revived', 'G4: who comes back is revived');

-- One batch, in the order of receipt
select test.x_follow('follow', 3, 2), test.x_follow('unfollow', 3, 2), test.x_follow('follow', 3, 2), test.x_follow('unfollow', 3, 2) \g /dev/null
select test.tick() \g /dev/null
select is((select array_agg(change order by change_id) from graph.follow_changes where follower_id = 3), '{added,removed,revived,removed}',
  'W3: events of one edge are taken in one after the other');
select test.x_follow('unfollow', 4, 2) as unknown \gset
select test.tick() \g /dev/null
select is(test.fate(:unknown), 'applied: there was no such edge', 'W3: an unfollow of what was not known changes nothing');

-- The payload's time counts, where it has one: a late follow is older than the unfollow
select simulation.advance('1 hour') \g /dev/null
select test.new_follower('4', '2', '2026-11-01T11:59:00Z') as late, test.new_follower('3', '2', '2026-11-01T11:59:00Z') as late_too,
       test.new_follower('3', '2', '2027-01-01T00:00:00Z') as new \gset
select test.tick() \g /dev/null
select is(test.fate(:late), format('outdated: event %s of the same follow is newer', :unknown), 'W3: a late follow does not revive the edge');
select ok(test.fate(:late_too) like 'outdated: event % of the same follow is newer', 'W3: nor add one');
select is(test.fate(:new), 'applied: the edge is new, or came back', 'W3: a new one does');
select is((select happened_at from api.webhook_events where event_id = :new), base.now(), 'W3: nobody knows the future');
select is(test.x_followers(2), '{1,3}', 'W3: so these are there');

-- A follow that had to wait while the unfollow went ahead
select test.new_follower('9', '2') as waited \gset
select test.tick() \g /dev/null
select test.x_event('follow.unfollow', 2, '{"source": {"id": "9"}, "target": {"id": "2"}}') as went_ahead \gset
select test.tick() \g /dev/null
select is(test.fate(:went_ahead), 'applied: there was no such edge', 'W3: an unfollow waits for nobody');
select test.answer('/2/users', test.users_page('{9}')) \g /dev/null
select test.tick() \g /dev/null
select is(test.fate(:waited), format('outdated: event %s of the same follow is newer', :went_ahead), 'W3: a follow that waited is older than it');

-- A read of the list that began later knows better
select test.x_follow('follow', 6, 5) \g /dev/null
select test.tick() \g /dev/null
select simulation.advance('1 hour') \g /dev/null
select test.x_list('followers', 5, array[test.users_page('{1}')]) as read \gset
select test.new_follower('6', '5', '2026-11-01T13:30:00Z') as before_it, test.new_follower('1', '5', '2026-11-01T13:30:00Z') as confirmed \gset
select test.tick() \g /dev/null
select is(test.fate(:before_it), format('outdated: run %s, followers of 5 began later, and showed otherwise', :read), 'W3: as a full read did not show it');
select is(test.fate(:confirmed), 'applied: the edge was known', 'W3: what the read showed too is no news');
select test.x_follow('follow', 6, 5) as after_it \gset
select test.tick() \g /dev/null
select is(test.fate(:after_it), 'applied: the edge is new, or came back', 'W3: after it, it is');

select test.x_users('{7}'), test.new_follower('7', '5', '2026-11-01T13:30:00Z') as never_seen \gset
select test.tick() \g /dev/null
select is(test.fate(:never_seen), format('outdated: run %s, followers of 5 began later, and showed otherwise', :read), 'W3: also of who was never seen to follow');
select test.x_list('following', 7, array[test.users_page('{1}')]), test.new_follower('7', '2', '2026-11-01T13:30:00Z') as by_other_end \gset
select test.tick() \g /dev/null
select ok(test.fate(:by_other_end) like 'outdated: run %, following of 7 began later, and showed otherwise', 'W3: whichever end was read');
select api.setting_set('absent_sweeps', '2'), test.new_follower('7', '2', '2026-11-01T13:29:00Z') as once \gset
select test.tick() \g /dev/null
select is(test.fate(:once), 'applied: the edge is new, or came back', 'I2: but so many sweeps as must miss it');
select api.setting_set('absent_sweeps', null), test.x_list('followers', 5, array[test.page(jsonb_build_array(test.user_object(1), test.user_object(8) - 'username'))]) \g /dev/null
select test.x_users('{8}'), test.new_follower('8', '5', '2026-11-01T13:30:00Z') as set_aside \gset
select test.tick() \g /dev/null
select is(test.fate(:set_aside), 'applied: the edge is new, or came back', 'I2: and a row that was set aside was seen');

-- A page that was asked for before the event comes after it
select test.x_users('{21,22,23}'), test.x_sync('followers', 20) as late \gset
select test.x_call(:late) as call \gset
select simulation.advance('1 s'), test.x_follow('unfollow', 21, 20), test.x_follow('unfollow', 22, 20) \g /dev/null
select test.tick(), simulation.advance('1 s'), test.x_follow('follow', 22, 20) \g /dev/null
select test.tick(), test.respond(:call, test.users_page('{21,22,23}', 'further')) \g /dev/null
select is(test.x_followers(20), '{22,23}', 'W3: it brings nobody back of whom events have told since that they left');
select is((select cardinality(item_ids) from ingest.pages where run_id = :late), 3, 'G7: though it showed them');
select test.x_answer(:late, test.users_page('{21}')) \g /dev/null
select is(test.x_followers(20), '{21,22,23}', 'G4: a page that was asked for after it does');

-- What X may send
select test.x_event('follow.follow', 2, jsonb_build_object('source', test.user_object(11), 'target', test.user_object(2))) as bare,
       test.x_event('follow.follow', 2, jsonb_build_object('source', jsonb_build_object('data', '{"id": "12", "username": "not a handle!"}'::jsonb),
                                                           'target', test.user_object(2))) as unreadable,
       test.x_event('follow.follow', 2, '{"source": {}, "target": {"id": "2"}}') as nobody,
       test.x_event('follow.follow', 2, '{"source": {"id": "2"}, "target": {"id": "2"}}') as itself,
       test.x_event('follow.follow', 2, '"what?"') as no_payload,
       test.receive('x_activity', '{"event_uuid": "x", "event_type": "like.create"}') ->> 'event_id' as liked,
       test.receive('x_activity', '{"data": {"event_uuid": "y", "event_type": "like.create"}}') ->> 'event_id' as liked_too \gset
select is(jsonb_array_length(test.tick()), 1, 'W3: who is named and cannot be read is looked up');
select is(test.fate(:bare), 'applied: the edge is new, or came back', 'W3: profiles may come bare');
select is(test.fate(:unreadable), 'waiting: user 12 is not known yet', 'W3: one that cannot be read is only named');
select is(array[test.fate(:nobody), test.fate(:no_payload)], array_fill('malformed: source or target has no id'::text, '{2}'), 'W3: who is not named is set aside');
select is(test.fate(:itself), 'malformed: source and target are the same', 'W3: nobody follows themselves');
select is(test.fate(:liked), 'ignored: events of this type are not known here', 'W3: unknown types are kept');
select results_eq($$ select about, reason, repeats from api.decisions where kind = 'event_set_aside' order by 1, 2 $$,
  $$ values ('events of follow.follow', 'source and target are the same', 1::bigint), ('events of follow.follow', 'source or target has no id', 2),
            ('events of like.create', 'events of this type are not known here', 2) $$, 'E3: and counted');
select is((select count(*) from graph.follow_changes where event_id in (:itself, :nobody, :no_payload)), 0::bigint, 'W3: and change nothing');
select graph.write_users(array[test.x_profile(2, 'renamed', 'User 2')], null, 1) \g /dev/null
select test.answer('/2/users', test.users_page('{12}')) \g /dev/null
select test.tick() \g /dev/null
select is(test.fate(:unreadable), 'applied: the edge is new, or came back', 'W3: who was looked up follows');
select is(test.x_handles('{2}'), '{renamed}', 'W3: the profile in an event that waited does not undo what was seen meanwhile');
select is((select sum(booked_usd) from api.spend where call like 'follow.%'), (select sum(cost_usd) from ingest.webhook_events), 'I9: what events cost is among what was spent');
select is((select sum(booked_usd) from api.spend_by_root), (select sum(booked_usd) from api.spend), 'I9: and no root''s share');
select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
