-- W1, W3, A6: what a webhook tells moves the segments that read it, at once and without buying anything, and every reason names the event.
begin;
select plan(13);

select simulation.set_now('2026-11-01 12:00+00') \g /dev/null
insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows values (1, 2), (2, 1);
select test.enable('segment_followers', '1') as followers, test.enable('segment_mutuals', '1') as mutuals \gset
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{2}', 'at first, what was read');

select simulation.advance('1 hour') \g /dev/null
insert into test.world_follows values (1, 3), (3, 1);
select test.new_follower('@user_3', '1') as told \gset
select test.play() as calls \gset
select is(:calls, 1, 'I9: one look at the new follower''s profile is all that is bought');
select is(test.item_ids(:followers), '{2,3}', 'W1: the segment has the follower within that hour');
select is((select reason from api.runs where run_id = (select max(run_id) from api.runs)), 'event', 'I1: the run says what for');
select max(materialization_id) as materialization_id from api.materializations where instance_id = :followers \gset
select is(array(select s from test.says(api.why(:materialization_id)) as s where s like '%event%'),
  array['now, because an event changed what it reads',
        format('fed by event %s, follow.follow by webhook (new_follower), received at 2026-11-01 13:00:00Z', :told)], 'A12: why names the event');
select is((select array_agg(s) from test.says(api.provenance('follow', '{"target_id": "1", "follower_id": "3"}')) as s where s like '%event%'),
  array[format('first added at 2026-11-01 13:00:00Z by event %s, follow.follow by webhook (new_follower)', :told)], 'G7: provenance too');

delete from test.world_follows where target_id = 1 and follower_id = 2;
select test.x_follow('unfollow', 2, 1) as left_by, test.x_follow('follow', 1, 3) \gset
select test.play() as calls \gset
select is(:calls, 0, 'I9: X''s own events need no look-up');
select is(test.item_ids(:followers), '{3}', 'W3: who left is out');
select is(test.item_ids(:mutuals), '{3}', 'W3: and whom the subject follows now is a mutual');
select ok(exists (select from test.says(api.why((select max(materialization_id) from api.materializations where instance_id = :mutuals))) as s
                  where s like '%what it is made from moved%'), 'A12: by way of what that is made from');

-- The next read agrees, and brings no change
select simulation.advance('7 days') \g /dev/null
select test.play() \g /dev/null
select is_empty('select test.untrue_segments()', 'W3: the next read confirms it');
select is((select sum(removed_count + changed_count) from ingest.runs where started_at > base.now() - interval '1 day' and sync_kind = 'followers'), 0::numeric,
  'W3: what it showed was known');
select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
