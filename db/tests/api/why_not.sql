begin;
select plan(37);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (1, 2), (2, 1);
insert into test.world_posts values (201, 2);
select test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset
select api.instance_id('segment_mutuals', '{"subject_id": "1"}') as mutuals, api.instance_id('segment_followers', '{"subject_id": "1"}') as followers \gset

-- Waiting, from end to end
set local role rookery_reader;
select api.why_not(:corpus) as why \gset
reset role;
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "worker")') ->> 'says', 'no worker ticks: one was last seen never', 'nothing moves while nobody ticks');
select test.tick() \g /dev/null
select api.why_not(:corpus) as why \gset
select is(:'why'::jsonb ->> 'state', 'waiting_for_dependency', 'A4: a corpus waits for its segment');
select is(:'why'::jsonb -> 'instance' ->> 'instance_id', :'corpus', 'it is about the instance that was asked about');
select is(jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "worker")'), '[]', 'a worker was seen');
select is(
  jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "instance").because[*] ? (@.about == "instance").state'), '["waiting_for_sync", "waiting_for_sync"]',
  'A4: that for two others, which wait for syncs');
select is(
  jsonb_path_query_array(:'why', 'strict $.** ? (@.about == "need").sync_kind'), '["following", "followers"]', 'A5: each need is named');
select is(
  jsonb_array_length(jsonb_path_query_array(:'why', 'strict $.** ? (@.about == "call" && @.held_by == "lease" && @.worker == "test worker")')), 2,
  'E3: down to the call that both wait for');
select is((:'why'::jsonb ->> 'until_at')::timestamptz, base.now() + interval '25 s', 'E3: and until when');
select is(
  jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "decision")') - '{says,decision_id,first_at,last_at}'::text[],
  jsonb_build_object('about', 'decision', 'kind', 'missing_prerequisite', 'reason', 'waits for instance ' || :mutuals, 'repeats', 1),
  'E3: the decision that says so, and how often');

-- Due, failed, refused
select test.answer('/2/users', test.users_page('{1}')) \g /dev/null
select test.tick() \g /dev/null
select test.answer('%/followers', test.users_page('{2}')) \g /dev/null
select is(api.why_not(:followers) ->> 'state', 'pending', 'A5: what it waited for is there, and the next tick takes it in');
select test.answer('%/following', test.users_page('{2}')) \g /dev/null
select test.play() \g /dev/null
select is((api.why_not(:corpus)) ->> 'state', 'fresh', 'A6: up to date: nothing has moved');
select is((api.why_not(:corpus) ->> 'until_at')::timestamptz, base.now() + interval '6 hours', 'A5: looked at next when a sync is due');
select is(
  jsonb_path_query_array(api.why_not(:corpus), 'strict $.** ? (@.about == "next").sync_kind'), '["posts", "following", "followers"]', 'A5: which, for all that it is made from');
select simulation.advance('61 s') \g /dev/null
select is(jsonb_path_query_first(api.why_not(:corpus), '$.because[*] ? (@.about == "worker")') ->> 'says', 'no worker ticks: one was last seen at 2026-03-02 00:00:00Z', 'a worker that is silent for a minute is missed');
select simulation.advance('6 hours') \g /dev/null
select api.why_not(:followers) as why \gset
select is(:'why'::jsonb ->> 'state', 'waiting_for_sync', 'A5: then it is not fresh any more');
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "need")') ->> 'says', 'followers of 1 was last fresh 2026-03-02 00:00:00Z; the next tick starts a run', 'A5: and due');
select test.tick() \g /dev/null
select api.why_not(:followers) as why \gset
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "need").because[*]') ->> 'reason', 'due', 'A5: the run that it waits for, and why that was started');
select test.answer('/2/users', test.users_page('{1}')) \g /dev/null
select test.tick() \g /dev/null
select test.answer('%/followers', '{"title": "Bad"}', 400) \g /dev/null
select test.tick() \g /dev/null
select api.why_not(:followers) as why \gset
select ok(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "need")') ->> 'says' ~ 'its run failed \(1 in a row\), the next starts at', 'I1: a run that failed');
select is((:'why'::jsonb ->> 'until_at')::timestamptz, (select retry_at from api.runs where status = 'error'), 'I1: and when it is tried again');
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "need").because[*]') ->> 'error_class', 'bad_request', 'I1: with its error');
select simulation.set_now((:'why'::jsonb ->> 'until_at')::timestamptz) \g /dev/null
select test.tick() \g /dev/null
select test.answer('%/followers', jsonb_build_object('errors', jsonb_build_array(test.error_object('1', 'protected')))::text) \g /dev/null
select test.tick() \g /dev/null
select api.why_not(:followers) as why \gset
insert into base.decisions (decision_kind, about, reason, first_at, last_at)
values ('missing_prerequisite', 'instance ' || :followers, 'long ago', base.now() - interval '1 day', base.now() - interval '1 day');
select is(jsonb_path_query_first(api.why_not(:followers), '$.because[*] ? (@.about == "decision")') ->> 'reason', 'waits for syncs: followers', 'E3: of its decisions the last');
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "need")') ->> 'refused_class', 'subject_protected', 'I6: a subject that X does not show');
select is((:'why'::jsonb ->> 'until_at')::timestamptz, base.now() + interval '24 hours', 'I6: is asked for again');

-- Something to do
select api.specified_users_set('s', array[2]) \g /dev/null
select test.enable('segment_specified_users', 's') as staff \gset
select test.play() \g /dev/null
select is(api.why_not(:staff) ->> 'state', 'fresh', 'nothing moved');
select api.specified_users_add('s', array[3]) \g /dev/null
select test.play() \g /dev/null
update ingest.due set due_at = base.now() + interval '1 hour' where sync_kind = 'users' and subject_id = 3;
select is((api.why_not(:staff) ->> 'until_at')::timestamptz, base.now() + interval '1 hour', 'A5: of several syncs the first that is due');
select api.specified_users_remove('s', array[3]) \g /dev/null
select test.play() \g /dev/null
select api.specified_users_remove('s', array[2]) \g /dev/null
select is(api.why_not(:staff) ->> 'says', format('instance %s, segment_specified_users s has something to do: the next tick looks at it', :staff), 'A1: an edit is taken in by the next tick');
select is((api.why_not(:staff) ->> 'until_at')::timestamptz, base.now(), 'which is due now');
update asset.marks set look_at = base.now() + interval '1 second' where instance_id = :staff;
select is(api.why_not(:staff) ->> 'state', 'locked', 'A15: another worker had it');
delete from asset.marks where instance_id = :staff;
insert into asset.queue (instance_id, queued_at) values (:staff, base.now());
select is(api.why_not(:staff) ->> 'state', 'queued', 'E1: what may take long is queued');
delete from asset.queue;

-- Failed
create or replace function asset.segment_specified_users_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$ select 1 / 0, true $$;
select api.specified_users_add('s', array[4]) \g /dev/null
select test.play() \g /dev/null
select api.why_not(:staff) as why \gset
select is(:'why'::jsonb ->> 'state', 'failed', 'A7: its kind''s function raised');
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "materialization")') ->> 'error_message', 'division by zero', 'A7: what it said');
select is((:'why'::jsonb ->> 'until_at')::timestamptz, (select max(retry_at) from api.materializations where instance_id = :staff), 'A7: and when it is tried again');

-- At rest
set local role rookery_operator;
select api.root_disable('segment_specified_users', '{"stable_key": "s"}') \g /dev/null
reset role;
select api.why_not(:staff) as why \gset
select is(:'why'::jsonb ->> 'state', 'resting', 'A3: no root asks for it');
select is(:'why'::jsonb -> 'until_at', null, 'A3: and nothing will move it by itself');
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "root")') ->> 'is_enabled', 'false', 'A3: the root that did ask');

select throws_ok('select api.why_not(-1)', 'RK004', 'there is no instance -1', 'an unknown instance is an error');
select throws_ok('select api.why_not(null)', 'RK004', 'there is no instance null', 'so is none');

select * from finish();
rollback;
