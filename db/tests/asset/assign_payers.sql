-- I8: a run that several roots wait for is split evenly among those waiting when it starts.
begin;
select plan(18);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows values (1, 2), (1, 3), (4, 1);
insert into test.world_posts values (21, 2), (31, 3);
create function pg_temp.payers(p_sync_kind text) returns bigint[] language sql as $$
  select payer_ids from ingest.runs where sync_kind = p_sync_kind order by run_id desc limit 1
$$;
create function pg_temp.root(p_instance_id bigint) returns bigint language sql as $$
  select root_id from asset.roots where instance_id = p_instance_id and target_kind is null
$$;
select test.enable('segment_followers', '1') as followers, test.enable('segment_mutuals', '1') as mutuals \gset
select test.tick(p_slots => 0) \g /dev/null
select is(pg_temp.payers('followers'), null, 'nobody is asked before a call can go out');
select test.play() \g /dev/null
select pg_temp.root(:followers) as root_a, pg_temp.root(:mutuals) as root_b \gset
select is(pg_temp.payers('followers'), array[:root_a, :root_b]::bigint[], 'I8: both roots wait for the followers');
select is(pg_temp.payers('following'), array[:root_b]::bigint[], 'I8: one alone for who is followed');
select is(pg_temp.payers('users'), array[:root_a, :root_b]::bigint[], 'I8: a profile that a list waits for is paid by those who wait for the list');
select results_eq($$ select call, root_id, settled_usd from api.spend_by_root order by call, root_id $$,
  format($$ values ('followers', %s::bigint, 0.010000000), ('followers', %2$s, 0.010000000), ('following', %2$s, 0.010000000), ('users', %1$s, 0.005), ('users', %2$s, 0.005) $$, :root_a, :root_b),
  'I8: each pays its share');
select results_eq($$ select utc_day, call, sent, resources, billed, settled_usd, booked_usd from api.spend order by call $$,
  $$ values ('2026-03-02'::date, 'followers', 1::bigint, 2::bigint, 2::bigint, 0.02, 0.02), ('2026-03-02', 'following', 1, 1, 1, 0.01, 0.01), ('2026-03-02', 'users', 1, 1, 1, 0.01, 0.01) $$,
  'I9: and all together what X bills');

-- Later
select api.root_disable('segment_mutuals', '{"subject_id": "1"}'), simulation.advance('6 hours'), test.play() \g /dev/null
select is(pg_temp.payers('followers'), array[:root_a]::bigint[], 'I8: a root that has let go pays no more');
select is(pg_temp.payers('following'), array[:root_b]::bigint[], 'I8: but what was begun for it stays on its account');
select api.sync_request('following', 9), api.sync_handles('{user_5}'), test.play() \g /dev/null
select is(pg_temp.payers('following') || pg_temp.payers('handles'), '{}', 'I8: what was asked for by hand is on nobody''s');
select is((select sum(booked_usd) from api.spend_by_root), (select sum(booked_usd) from api.spend), 'nothing is left out');
select api.sync_request('followers', 1), test.play() \g /dev/null
select is(pg_temp.payers('followers'), array[:root_a]::bigint[], 'I8: unless somebody needs it anyhow');
select test.enable('post_corpus_for_segment', 'segment_followers 1') as corpus \gset
select test.play() \g /dev/null
select is(pg_temp.payers('posts'), array[pg_temp.root(:corpus)], 'I8: a corpus pays for posts');
select ingest.start_lookups('post_lookup', '{21,31}', 'evidence'), test.play() \g /dev/null
select is(pg_temp.payers('post_lookup'), array[pg_temp.root(:corpus)], 'I8: and for looking one up');

select ingest.start_search('{2,3}', base.now()), asset.assign_payers(100) \g /dev/null
select is(pg_temp.payers('search'), array[pg_temp.root(:corpus)], 'I8: and for a search in place of timelines');
update ingest.calls set state = 'cancelled', answered_at = base.now() where state = 'ready';
update ingest.runs set status = 'cancelled', completed_at = base.now() where sync_kind = 'search';

-- A budget of a root counts its share
select test.enable('segment_mutuals', '1') \g /dev/null
select api.budget_set('root:' || :root_a, 'day', 10), simulation.advance('6 hours'), base.change_setting('page.unsized', '1000') \g /dev/null
select test.tick() \g /dev/null
select test.answer('/2/users', test.users_page('{1}')) \g /dev/null
select test.tick() \g /dev/null
select is((select round(spent_usd - pg_temp.spent, 6) from ingest.budgets, lateral (select sum(booked_usd) as spent from api.spend_by_root where root_id = :root_a) as pg_temp), 0.0, 'I8: its share of the worst price is reserved of each');
select is((select trim_scale(sum(booked_usd)) from ingest.ledger where closed_at is null and endpoint = 'followers'), 10::numeric, 'I8: of a call of ten dollars');
select is_empty('select test.invariants()', 'the standing invariants hold');
select is((select count(*) from ingest.runs where payer_ids is null), 0::bigint, 'I8: every run has its payers');

select * from finish();
rollback;
