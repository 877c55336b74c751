-- A3: a fanout keeps an asset for every member of its source, and follows who comes and who goes.
begin;
select plan(28);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
insert into test.world_follows values (2, 1), (3, 1), (2, 5), (4, 6);
select api.specified_users_set('staff', array[2, 3]) \g /dev/null

set local role rookery_operator;
select api.fanout_root_enable('segment_specified_users', '{"stable_key": "staff"}', 'segment_followers') as source \gset
select is(api.fanout_root_enable('segment_specified_users', '{"stable_key": "staff"}', 'segment_followers'), :source::bigint, 'A3: enabling it again changes nothing');
select is((select (target_kind, mode, enabled, targets)::text from api.fanout_roots where instance_id = :source), '(segment_followers,global_per_item,t,0)', 'A3: a fanout has a target kind and a mode');
select is((select count(*) from api.roots), 0::bigint, 'A3: it is no plain root');
reset role;
select test.play() \g /dev/null
select is(test.item_ids(:source), '{2,3}', 'A3: it keeps its source fresh');
select results_eq(
  $$ select params ->> 'subject_id', members from api.instances where kind = 'segment_followers' and wanted order by 1 $$,
  $$ values ('2', 2::bigint), ('3', 1) $$, 'A3: and one target for each member of it');
select is((select targets from api.fanout_roots), 2::bigint, 'A3: which it counts');
select is_empty('select test.invariants()', 'A4: wants are those of the root, its targets, and what they are made from');

-- Who comes, who goes
select api.specified_users_set('staff', array[3, 4]) \g /dev/null
select test.play() \g /dev/null
select results_eq(
  $$ select params ->> 'subject_id', wanted, members from api.instances where kind = 'segment_followers' order by 1 $$,
  $$ values ('2', false, 2::bigint), ('3', true, 1), ('4', true, 1) $$, 'A3: a member that leaves stops being asked for, and its history stays');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- Its own, in place of shared ones
set local role rookery_operator;
select api.fanout_root_enable('segment_specified_users', '{"stable_key": "staff"}', 'segment_mutuals', 'scoped_by_source') \g /dev/null
reset role;
select test.enable('segment_mutuals', '3') as shared \gset
select test.play() \g /dev/null
select is((select count(*) from api.instances where kind = 'segment_mutuals' and params = '{"subject_id": "3"}'), 2::bigint, 'A2: a scoped target is another instance than the shared one');
select is(api.instance_id('segment_mutuals', '{"subject_id": "3"}'), :shared::bigint, 'A2: instance_id means the shared one');
select results_eq(
  $$ select encode(identity_hash, 'hex') from asset.instances where scope_hash is not null and params = '{"subject_id": "3"}' $$,
  $$ select encode(sha256(convert_to(E'rookery 1 scoped\n' || encode(t.params_hash, 'hex') || E'\n' || encode(s.params_hash, 'hex'), 'UTF8')), 'hex')
     from asset.instances as t, asset.instances as s
     where t.kind = 'segment_mutuals' and t.scope_hash is null and t.params = '{"subject_id": "3"}' and s.kind = 'segment_specified_users' $$,
  'A2: its identity is over its params and its source''s');
select is((select count(*) from api.instances where kind = 'segment_followed' and params = '{"subject_id": "3"}'), 1::bigint, 'A2: what scoped instances are made from is shared');
select is_empty('select test.invariants()', 'the standing invariants hold with both modes');

-- A window of its own
set local role rookery_operator;
select api.fanout_root_enable('segment_specified_users', '{"stable_key": "staff"}', 'segment_followers', p_fresh_within => '1 hour') \g /dev/null
reset role;
select is((select min(fresh_within) from ingest.needs where sync_kind = 'followers' and subject_id = 4), '1 hour', 'A5: a window that a fanout asks for holds for its targets');
set local role rookery_operator;
select api.fanout_root_enable('segment_specified_users', '{"stable_key": "staff"}', 'segment_followers', p_reconcile_within => '1 day', p_reconcile_doubt => 0) \g /dev/null
select is((select (fresh_within, reconcile_within, reconcile_doubt)::text from api.fanout_roots where target_kind = 'segment_followers'), '(,"1 day",0)', 'I3: it may say how surely lists are known');
reset role;
select is((select (min(reconcile_within), min(reconcile_doubt))::text from ingest.needs where sync_kind = 'followers' and subject_id = 4), '("1 day",0)', 'I3: which holds for its targets too');

set local role rookery_operator;
select throws_ok($$ select api.fanout_root_enable('nothing', '{}', 'segment_followers') $$, 'RK001', 'there is no asset kind ''nothing''', 'an unknown source is an error');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{}', 'segment_followers') $$, 'RK002', null, 'so is a source with a missing param');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{"subject_id": 0}', 'segment_followers') $$, 'RK003', null, 'so is an id out of range');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{"subject_id": 1}', 'nothing') $$, 'RK001', 'there is no asset kind ''nothing''', 'so is an unknown target');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{"subject_id": 1}', null) $$, 'RK001', 'there is no asset kind null', 'so is none');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{"subject_id": 1}', 'segment_specified_users') $$, 'RK007', 'segment_specified_users cannot be made from one user', 'A4: so is one that is not made from a user');
select throws_ok($$ select api.fanout_root_enable('post_corpus_for_segment', '{"source": {"kind": "segment_followers", "params": {"subject_id": 1}}}', 'segment_followers') $$,
  'RK007', 'post_corpus_for_segment has no users to fan out over', 'A4: so is a source of posts');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{"subject_id": 1}', 'segment_followers', 'both') $$, 'RK015', 'there is no fanout mode ''both''', 'so is an unknown mode');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{"subject_id": 1}', 'segment_followers', null) $$, 'RK015', 'there is no fanout mode null', 'so is none');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{"subject_id": 1}', 'segment_followers', p_fresh_within => '-1 hour') $$, 'RK014', null, 'so is a window below zero');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{"subject_id": 1}', 'segment_followers', p_reconcile_doubt => 101) $$, 'RK014', null, 'and a doubt above all');

select * from finish();
rollback;
