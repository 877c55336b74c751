-- W7: most of a year of syncs. What is kept for a while only levels off, and nothing that is kept names what is not.
begin;
select plan(19);

insert into test.world_users select i, 'user_' || i from generate_series(1, 12) as i;
insert into test.world_follows select 1, i from generate_series(2, 8) as i;
insert into test.world_follows select i, 1 from generate_series(4, 9) as i;
select api.setting_set('page.follows', '2'), api.setting_set('tick.items', '3'), api.setting_set('freshness.followers', '5 days'), api.setting_set('freshness.following', '5 days'),
       api.setting_set('freshness.users', '5 days'), api.setting_set('reconcile.after', '30 days') \g /dev/null
select test.enable('segment_mutuals', '1') as mutuals \gset

create function pg_temp.live(p_days integer) returns void language plpgsql as $$
begin
  for v_day in 1 .. p_days / 5 loop
    perform simulation.advance('5 days');
    -- Every fourth time somebody comes or goes; X hides a user now and then.
    if v_day % 8 = 0 then insert into test.world_follows values (1, 10); end if;
    if v_day % 8 = 4 then delete from test.world_follows where target_id = 1 and follower_id = 10; end if;
    update test.world_users set gone = case when v_day % 6 = 3 then 'suspended' end where user_id = 8;
    perform test.play();
  end loop;
end;
$$;
create function pg_temp.sizes() returns jsonb language sql as $$
  select jsonb_build_object(
    'runs', (select count(*) from ingest.runs), 'calls', (select count(*) from ingest.calls), 'pages', (select count(*) from ingest.pages),
    'ledger', (select count(*) from ingest.ledger), 'decisions', (select count(*) from base.decisions));
$$;

select test.play() \g /dev/null
select min(run_id) as first_run from ingest.pages \gset
select min(run_id) as first_followers from graph.follow_changes \gset
select pg_temp.live(100) \g /dev/null
select (select min(run_id) from ingest.pages) as first_page_run, (select max(run_id) from ingest.runs) as last_run \gset
select cmp_ok(:first_page_run::bigint, '>', :first_run::bigint, 'W7: the first receipts are gone after 90 days');
select is((select count(*) from ingest.calls where run_id < :first_page_run), 0::bigint, 'W7: and so are the calls that brought them');
select ok((select is_named from ingest.runs where run_id = :first_followers), 'W7: the run that brought the first followers stays: the log names it');
select is_empty('select test.invariants()', 'the invariants hold after what was cleared away first');
select sum(booked_usd) as spent from api.spend \gset
select md5(string_agg(s::text, ',' order by s::text)) as shares from api.spend_by_root as s where utc_day < '2026-04-01' \gset
select pg_temp.sizes() as early \gset
select pg_temp.live(100) \g /dev/null
select cmp_ok((select min(run_id) from ingest.pages), '>', (:first_run + :last_run::bigint) / 2, 'W7: what is old goes on going');
select pg_temp.live(100) \g /dev/null
select pg_temp.sizes() as late \gset
select cmp_ok((:'late'::jsonb ->> s)::bigint, '<=', (:'early'::jsonb ->> s)::bigint * 11 / 10, format('W7: %s level off', s))
from unnest(array['calls', 'pages', 'ledger', 'decisions']) as s;
select cmp_ok((select count(*) from ingest.runs where run_id <= (select up_to_run_id from ingest.cleared_runs)), '<', (select up_to_run_id - :first_run from ingest.cleared_runs) / 2,
  'W7: most runs are cleared away');
select is_empty($$ select run_id from ingest.runs where not is_named and run_id <= (select up_to_run_id from ingest.cleared_runs)
                   and not exists (select from ingest.runs as k where k.profile_run_id = runs.run_id) $$, 'W7: none stays that nothing names');
select isnt_empty($$ select from graph.follow_changes where changed_at < base.now() - interval '200 days' $$, 'W7: the log of changes stays');
select cmp_ok((select sum(booked_usd) from api.spend), '>', :spent::numeric, 'W7: what was spent is not forgotten');
select is((select sum(booked_usd) from api.spend), (select sum(cost_usd) from ingest.outcomes), 'I9: the sums and the ledger are what X billed');
select is((select sum(booked_usd) from api.spend_by_root), (select sum(booked_usd) from api.spend), 'I8: and it is still known that it was paid');
select is((select md5(string_agg(s::text, ',' order by s::text)) from api.spend_by_root as s where utc_day < '2026-04-01'), :'shares', 'I8: and by whom');
select is_empty('select test.untrue_segments()', 'everything is as X shows it');
select is_empty('select test.invariants()', 'the invariants hold at the end');
select isnt(api.why_run(:first_followers), null, 'a run whose calls and receipts are gone can be explained');

select * from finish();
rollback;
