begin;
select plan(12);

insert into test.world_users select i, 'user_' || i from generate_series(1, 3) as i;
insert into test.world_follows values (1, 2);
select test.enable('segment_followers', '1') as followers, test.enable('segment_mutuals', '1') as mutuals \gset
select test.play() \g /dev/null

set local role rookery_operator;
select is(api.root_disable('segment_mutuals', '{"subject_id": 1}'), :mutuals::bigint, 'A3: disabling gives the instance of the root');
select is((select (enabled, disabled_at)::text from api.roots where instance_id = :mutuals), '(f,"2026-03-02 00:00:00+00")', 'A3: the root stays, disabled, and says since when');
reset role;
select is((select array_agg(kind order by kind) from api.instances where wanted), '{segment_followers}', 'A3: what another root wants goes on, the rest rests');
select is((select array_agg(sync_kind) from ingest.needs), '{followers}', 'A3: what rests needs no syncs');
select is((select array_agg(sync_kind) from ingest.due), '{followers}', 'A3: so none is due for it');
select is(test.item_ids(:followers), '{2}', 'A3: members stay');

set local role rookery_operator;
select throws_ok($$ select api.root_disable('segment_mutuals', '{"subject_id": "1"}') $$, 'RK005',
  'that is no enabled root: segment_mutuals {"subject_id": "1"}', 'a root that is disabled already is an error');
select throws_ok($$ select api.root_disable('segment_followed', '{"subject_id": "1"}') $$, 'RK005', null, 'so is an instance that was never a root');
select throws_ok($$ select api.root_disable('segment_followers', '{"subject_id": "404"}') $$, 'RK005', null, 'so is what was never asked for');
select throws_ok($$ select api.root_disable('nothing', '{}') $$, 'RK001', 'there is no asset kind ''nothing''', 'an unknown kind is an error');
select throws_ok($$ select api.root_disable('segment_followers', '{"subject_id": "x"}') $$, 'RK002', 'subject_id cannot be "x"', 'so are params that cannot be');
reset role;
select is_empty('select test.invariants()', 'A3, A4: wants and needs are those of the roots that are left');

select * from finish();
rollback;
