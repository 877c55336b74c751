-- A7: a materialization that raises is recorded with its error, takes nothing else down, and is tried again later.
begin;
select plan(19);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (1, 2), (2, 1), (1, 3);
create or replace function asset.segment_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$ select 1 / 0, true $$;
select test.enable('segment_mutuals', '1') as mutuals, test.enable('post_corpus_for_segment', 'segment_followers 1') as corpus \gset
select api.instance_id('segment_followers', '{"subject_id": "1"}') as followers,
       api.instance_id('segment_followed', '{"subject_id": "1"}') as followed \gset
select test.play() \g /dev/null

select is(test.item_ids(:followed), '{2}', 'A7: the other instances of the same tick are materialized');
select results_eq(
  format('select status, error_state, error_message, revision from api.materializations where instance_id = %s', :followers),
  $$ values ('error', '22012', 'division by zero', null::bigint) $$, 'A7: the failure is a row with its error');
select is((select (members, revision)::text from api.instances where instance_id = :followers), '(0,0)', 'A7: the instance is as it was');
select is((select count(*) from api.decisions where kind = 'materialization_failed' and about = 'instance ' || :followers), 1::bigint, 'E3: it is a decision');
select ok(
  (select until_at = retry_at from api.decisions as d, api.materializations as m
   where d.kind = 'materialization_failed' and d.about = 'instance ' || m.instance_id and m.instance_id = :followers),
  'E3: with the time of the next try');
select is((select checkpoint_id from api.instances where instance_id = :mutuals), null, 'A4: what is made from it waits');
select results_eq(
  $$ select about, reason from api.decisions where kind = 'failed_dependency' order by about $$,
  format($$ select 'instance ' || i, 'waits for instance %s' from unnest(array[%s, %s]) as i order by 1 $$, :followers, :mutuals, :corpus),
  'E3: and decisions say for whom, and for which that failed');
select is_empty('select test.invariants()', 'the standing invariants hold after a failure');

-- Tried again after a back-off that doubles
select extract(epoch from retry_at - completed_at) as wait from api.materializations where instance_id = :followers \gset
select ok(:wait between 45 and 75, 'A7: the first back-off is a minute, with jitter');
insert into test.world_follows values (1, 4);
select api.sync_request('followers', 1, 'full') \g /dev/null
select test.play() \g /dev/null
select is((select count(*) from api.materializations where instance_id = :followers), 1::bigint, 'A7: what comes in meanwhile waits for the next try');
select simulation.set_now(retry_at) from api.materializations where instance_id = :followers \g /dev/null
select test.play() \g /dev/null
select is((select count(*) from api.materializations where instance_id = :followers), 2::bigint, 'A7: it is tried again when the back-off has passed');
select extract(epoch from retry_at - completed_at) as wait from api.materializations where instance_id = :followers order by materialization_id desc limit 1 \gset
select ok(:wait between 90 and 150, 'A7: and waits longer after each failure');

-- Mended
create or replace function asset.segment_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$
    select follower_id, true from graph.follows where target_id = (p_params ->> 'subject_id')::bigint $$;
select simulation.set_now(max(retry_at)) from api.materializations where instance_id = :followers \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:followers), '{2,3,4}', 'A7: once mended it goes on');
select is(test.item_ids(:mutuals), '{2}', 'A7: and so does what waited for it');
select is((select failure_count from asset.instances where instance_id = :followers), 0, 'the count of failures begins anew');
select is_empty('select test.invariants()', 'the standing invariants hold at the end');

-- However much it says of it
create or replace function asset.segment_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language plpgsql as $$
  begin raise exception '%', (select string_agg(md5(i::text), '') from generate_series(1, 500) as i); end $$;
insert into test.world_follows values (3, 1), (3, 2), (2, 3);
select test.enable('segment_followers', '3') as wordy, test.enable('segment_followed', '3') as other \gset
select lives_ok('select test.play()', 'A7: an error of any length takes nothing else down');
select is(test.item_ids(:other), '{1,2}', 'A7: as the others show');
select is((select length(error_message) from api.materializations where instance_id = :wordy), 16000, 'A7: it is recorded in full');

select * from finish();
rollback;
