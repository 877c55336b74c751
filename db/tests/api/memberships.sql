begin;
select plan(11);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows values (1, 2), (1, 3), (4, 2);
select test.enable('segment_followers', '1') as first, test.enable('segment_followers', '4') as second \gset
select test.play() \g /dev/null
set local role rookery_web;
select results_eq('select instance_id, is_current, since, left_at from api.memberships(2)',
  format($$ values (%s::bigint, true, timestamptz '2026-03-02T00:00:00Z', null::timestamptz), (%s, true, '2026-03-02T00:00:00Z', null) $$, :first, :second),
  'W4: which segments hold a user, and since when');
select results_eq('select kind, params, wanted from api.memberships(3)', $$ values ('segment_followers', '{"subject_id": "1"}'::jsonb, true) $$, 'A1: by kind and params');
select is_empty('select * from api.memberships(1)', 'who is known and in none is in none');
select results_eq('select instance_id from api.memberships(2, 1)', format('values (%s::bigint)', :first), 'a page is as long as one asks');
reset role;

select simulation.advance('8 days') \g /dev/null
delete from test.world_follows where target_id = 1 and follower_id = 2;
select test.play() \g /dev/null
set local role rookery_web;
select results_eq('select instance_id, is_current, since, left_at from api.memberships(2)',
  format($$ values (%s::bigint, true, timestamptz '2026-03-02T00:00:00Z', null::timestamptz), (%s, false, '2026-03-02T00:00:00Z', '2026-03-10T00:00:00Z') $$, :second, :first),
  'A10: who left is named after that, with when');
select is((select materialization_id from api.memberships(2) where not is_current),
          (select materialization_id from api.events(:first) where item_id = 2 and event = 'exit'), 'A12: and in which materialization');
reset role;

select simulation.advance('6 hours') \g /dev/null
insert into test.world_follows values (1, 2);
select api.root_disable('segment_followers', '{"subject_id": "4"}') \g /dev/null
select test.play() \g /dev/null
set local role rookery_web;
select results_eq('select instance_id, since, first_entered_at, wanted from api.memberships(2)',
  format($$ values (%s::bigint, timestamptz '2026-03-10T06:00:00Z', timestamptz '2026-03-02T00:00:00Z', true), (%s, '2026-03-02T00:00:00Z', '2026-03-02T00:00:00Z', false) $$,
         :first, :second), 'A9: who came back is in since then, and was there before; A3: a segment that rests says so');
select throws_ok('select * from api.memberships(77)', 'RK018', 'no user 77 is known', 'who is not known is an error');
select throws_ok('select * from api.memberships(null)', 'RK018', 'no user null is known', 'so is nobody');
select throws_ok('select * from api.memberships(2, 0)', 'RK012', 'a page cannot have 0 memberships', 'so is an empty page');
reset role;

-- Many segments with many members.
select test.x_users(array(select generate_series(100, 3100))) \g /dev/null
insert into asset.segment_members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at)
select 'user', s, i, 1, base.now(), base.now() from generate_series(1000, 1009) as s, generate_series(100, 3100) as i;
analyze asset.segment_members;
select matches(test.plan_of($$ select m.moved_id from asset.segment_members as m where m.item_id = 1500 $$),
  'segment_members_item_id_idx', 'E5: a user''s segments are found by an index, however many members there are');

select * from finish();
rollback;
