-- What the roots that want an instance ask for together: windows (A5), and how surely lists are known (I3, I9).
begin;
select plan(12);

-- The followers of 1 are wanted by up to three roots.
create function pg_temp.ask(p_kind text, p_within interval, p_doubt numeric, p_fresh_within interval default null) returns void language sql as $$
  select api.root_enable(p_kind, '{"subject_id": "1"}', p_fresh_within, p_within, p_doubt);
$$;
create function pg_temp.asked(p_sync_kind text) returns text language sql as $$
  select string_agg((fresh_within, or_default, reconcile_within, reconcile_or_default, reconcile_doubt, doubt_or_default)::text, ' ')
  from ingest.needs where sync_kind = p_sync_kind and subject_id = 1;
$$;

select pg_temp.ask('segment_followers', null, null) \g /dev/null
select is(pg_temp.asked('followers'), '(,t,,t,,t)', 'I3: who says nothing leaves all to the settings');
select pg_temp.ask('segment_followers', '30 days', null) \g /dev/null
select is(pg_temp.asked('followers'), '(,t,"30 days",f,,t)', 'I3: an age that is asked for takes the place of the one that is set, and of nothing else');
select pg_temp.ask('segment_followers', '30 days', 5) \g /dev/null
select is(pg_temp.asked('followers'), '(,t,"30 days",f,5,f)', 'I9: likewise a doubt');

-- A second root, through what is made from it
select pg_temp.ask('segment_mutuals', null, 0.5, '1 hour') \g /dev/null
select test.play() \g /dev/null
select is(pg_temp.asked('followers'), '(01:00:00,t,"30 days",t,0.5,f)', 'I3: of several roots the smallest counts, and the setting where one leaves it to that');
select is(pg_temp.asked('following'), '(01:00:00,f,,t,0.5,f)', 'A4: what one root alone needs is as that one says');
select pg_temp.ask('segment_unreciprocated_followers', '1 day', 2, '2 hours') \g /dev/null
select is(pg_temp.asked('followers'), '(01:00:00,t,"1 day",t,0.5,f)', 'I3: so with a third');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- Letting go
select api.root_disable('segment_mutuals', '{"subject_id": "1"}') \g /dev/null
select is(pg_temp.asked('followers'), '(02:00:00,t,"1 day",f,2,f)', 'I3: what a disabled root asked for counts no more');
select api.root_disable('segment_unreciprocated_followers', '{"subject_id": "1"}') \g /dev/null
select is(pg_temp.asked('followers'), '(,t,"30 days",f,5,f)', 'I3: nor of the next');

-- A corpus asks for each author
select api.specified_users_set('staff', array[1, 2]) \g /dev/null
select test.x_users('{1,2}') \g /dev/null
select api.root_enable('post_corpus_for_segment', '{"source": {"kind": "segment_specified_users", "params": {"stable_key": "staff"}}}', null, '60 days') \g /dev/null
select test.play() \g /dev/null
select is(pg_temp.asked('posts'), '(,t,"60 days",f,,t)', 'I3: needs that come later are as their roots say');
select api.root_enable('post_corpus_for_segment', '{"source": {"kind": "segment_specified_users", "params": {"stable_key": "staff"}}}') \g /dev/null
select is((select count(*) from ingest.needs where reconcile_within = '60 days'), 0::bigint, 'I3: and change with them');
select is_empty('select test.invariants()', 'the standing invariants still hold');

select * from finish();
rollback;
