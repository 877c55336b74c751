-- The dependency graph around an instance, with how fresh each edge is.
begin;
select plan(10);

insert into test.world_users select i, 'user_' || i from generate_series(1, 5) as i;
insert into test.world_follows values (1, 2), (1, 3), (2, 1), (3, 1);
select test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset
select api.instance_id('segment_mutuals', '{"subject_id": "1"}') as mutuals, api.instance_id('segment_followers', '{"subject_id": "1"}') as followers,
       api.instance_id('segment_followed', '{"subject_id": "1"}') as followed \gset
set local role rookery_web;
select results_eq(format('select distinct edge, state from api.surroundings(%s) order by 1', :corpus), $$ values ('made_from', 'never'), ('needs', 'never') $$,
  'before anything was bought, every edge is as new');
reset role;
select test.play() \g /dev/null
set local role rookery_web;
select results_eq(format($$ select depth, instance_id, role, other_id, state from api.surroundings(%s) where edge = 'made_from' $$, :corpus),
  format($$ values (1, %1$s::bigint, 'source', %2$s::bigint, 'fresh'), (2, %2$s, 'followed', %3$s, 'fresh'), (2, %2$s, 'followers', %4$s, 'fresh') $$, :corpus, :mutuals, :followed, :followers),
  'A4: what it is made from, all the way down');
select bag_eq(format($$ select depth, instance_id, sync_kind, user_id, users, state, next_at from api.surroundings(%s) where edge = 'needs' $$, :corpus),
  format($$ values (1, %s::bigint, 'posts', null::bigint, 2::bigint, 'fresh', timestamptz '2026-03-02T06:00Z'), (3, %s, 'following', 1, 1, 'fresh', '2026-03-02T06:00Z'),
                   (3, %s, 'followers', 1, 1, 'fresh', '2026-03-02T06:00Z') $$, :corpus, :followed, :followers),
  'A5: and the syncs that each needs: whose, or how many, and when the next is due');
select results_eq(format($$ select other_id, role, state from api.surroundings(%s) where edge = 'makes' $$, :mutuals),
  format($$ values (%s::bigint, 'source', 'fresh') $$, :corpus), 'and what is made from it');
reset role;

select simulation.advance('7 hours') \g /dev/null
set local role rookery_web;
select is((select state from api.surroundings(:followers) where edge = 'needs'), 'due', 'a window that has passed makes a sync due');
reset role;
select test.tick() \g /dev/null
set local role rookery_web;
select is((select state from api.surroundings(:followers) where edge = 'needs'), 'running', 'and a run under way is told');
reset role;
insert into test.world_follows values (1, 4), (4, 1);
select test.respond(call_id, test.world_answer(jsonb_build_object('path', path, 'query', query))) from ingest.calls where state = 'claimed' \g /dev/null
select test.play() \g /dev/null
set local role rookery_web;
select is((select state from api.surroundings(:corpus) where edge = 'made_from' and depth = 1), 'fresh', 'A12: what was read is what stands');
reset role;
update asset.dependencies set read_id = (select min(materialization_id) from asset.materializations where instance_id = :mutuals) where instance_id = :corpus;
set local role rookery_web;
select is((select state from api.surroundings(:corpus) where edge = 'made_from' and depth = 1), 'behind', 'one that has moved since it was read is told');
reset role;
update test.world_users set is_protected = true where user_id = 2;
select simulation.advance('7 hours'), test.play() \g /dev/null
set local role rookery_web;
select is((select state from api.surroundings(:corpus) where edge = 'needs' and sync_kind = 'posts'), 'fresh', 'A5: an author whom X does not show holds nobody up');
select throws_ok('select * from api.surroundings(404404)', 'RK004', 'there is no instance 404404', 'around nothing there is nothing');

select * from finish();
rollback;
