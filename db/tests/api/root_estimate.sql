-- What a root will cost, before it is made: it is made, asked, and undone.
begin;
select plan(20);

select test.x_users('{1,2,3,4}') \g /dev/null
insert into graph.user_counts (user_id, followers_count, following_count, post_count)
values (1, 10000, 200, 5000), (2, 100, 50, 300), (3, 10, 5, 10)
on conflict (user_id) do update set followers_count = excluded.followers_count, following_count = excluded.following_count, post_count = excluded.post_count;
update graph.users set joined_at = base.now() - interval '1000 days' where user_id in (1, 2, 3);
create function pg_temp.estimate(p_kind text, p_param text, p_fresh_within interval default null) returns jsonb language sql as $$
  select api.root_estimate(p_kind, test.params(p_kind, p_param), p_fresh_within)
$$;
create function pg_temp.syncs(p_estimate jsonb) returns text language sql as $$
  select string_agg(format('%s: %s (%s needed already, %s unknown), %s now, %s a month', s.sync_kind, s.subjects, s.needed_already, s.unknown, s.now_usd, s.month_usd), '; ' order by s.sync_kind)
  from jsonb_to_recordset(p_estimate -> 'syncs') as s (sync_kind text, subjects bigint, needed_already bigint, unknown bigint, now_usd numeric, month_usd numeric)
$$;
select test.everything() as before \gset
set local role rookery_operator;
select pg_temp.estimate('segment_followers', '1') as e \gset
reset role;
select is(test.everything(), :'before'::jsonb, 'an estimate makes nothing and buys nothing');
select is(:'e'::jsonb ->> 'now_usd', '100.00', 'I9: the first sync of ten thousand followers costs a hundred dollars');
select is(:'e'::jsonb ->> 'is_whole', 'true', 'all of which is known');
-- 30/7 times the list, and each day a profile and the first page, of page.small rows
select is((:'e'::jsonb ->> 'month_usd')::numeric,
  round(100 * 30 / 7.0 + 30 * (0.01 + 0.01 * base.setting_integer('page.small')), 2), 'I3, I9: a month is the reconciles and the looks');
select ok((pg_temp.estimate('segment_followers', '1', '2 days') ->> 'month_usd')::numeric < (:'e'::jsonb ->> 'month_usd')::numeric, 'A5: who looks less often pays less');
select is(pg_temp.estimate('segment_followers', '1', '1 hour') ->> 'month_usd', :'e'::jsonb ->> 'month_usd', 'I9: who looks more often than once a day does not pay more');
select is(api.root_estimate('segment_followers', '{"subject_id": "1"}', p_reconcile_within => '60 days') ->> 'month_usd',
  (50 + 30 * (0.01 + 0.01 * base.setting_integer('page.small')))::numeric(12, 2)::text, 'I3: who reconciles less often too');
select matches(pg_temp.syncs(pg_temp.estimate('segment_mutuals', '1')), '^followers: 1 .*100.00 now.*; following: 1 .*2.00 now', 'A4: what an asset is made from is counted too');

-- Nothing is known
select pg_temp.estimate('segment_followers', '99') as e \gset
select is(pg_temp.syncs(:'e'::jsonb), 'followers: 1 (0 needed already, 1 unknown), 0.01 now, 0.00 a month', 'of an unknown subject the look-up is all that is known');
select is(:'e'::jsonb ->> 'is_whole', 'false', 'which is said');
select pg_temp.estimate('post_corpus_for_segment', 'segment_mutuals 1') as e \gset
select is(:'e'::jsonb #>> '{unknown,0,members}', '200', 'the authors of a corpus over an unread source: at most as many as the smaller list has');
select is(:'e'::jsonb ->> 'is_whole', 'false', 'whose posts nobody can price');

-- Others
select test.enable('segment_followers', '1') \g /dev/null
select is(pg_temp.syncs(pg_temp.estimate('segment_followers', '1')), 'followers: 1 (1 needed already, 0 unknown), 0.00 now, 0.00 a month', 'A5: what is kept fresh anyhow costs nothing more');
select is(pg_temp.estimate('segment_mutuals', '1') ->> 'now_usd', '2.00', 'A5: also as a part of something else');
select is((api.root_estimate('segment_mutuals', '{"subject_id": "1"}', p_reconcile_within => '84 hours') -> 'syncs' -> 0 ->> 'month_usd'), round(100 * 30 / 7.0, 2)::text, 'A5: unless it is wanted fresher or reconciled more often: that is the difference');

-- A corpus over a source that is there
insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
select api.specified_users_set('s', '{1,2,3}'), test.enable('segment_specified_users', 's'), api.root_disable('segment_followers', '{"subject_id": "1"}'), test.play() \g /dev/null
insert into graph.user_counts (user_id, post_count) values (1, 5000), (2, 300), (3, 10) on conflict (user_id) do update set post_count = excluded.post_count;
select pg_temp.estimate('post_corpus_for_segment', 'segment_specified_users s') as e \gset
select matches(pg_temp.syncs(:'e'::jsonb), '^posts: 3 \(0 needed already, 0 unknown\), 17.55 now', 'I5, I9: the posts of each member, at most the cap of a timeline');
select is(:'e'::jsonb ->> 'is_whole', 'true', 'all of which is known');
select throws_ok($$ select api.root_estimate('segment_x', '{}') $$, 'RK001', null, 'what cannot be enabled cannot be estimated');
select throws_ok($$ select api.root_estimate('segment_followers', '{"subject_id": "1"}', '0 s') $$, 'RK014', null, 'nor with a window that is none');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
