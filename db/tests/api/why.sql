begin;
select plan(34);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (1, 2), (1, 3), (2, 1);
insert into test.world_posts values (201, 2), (401, 4);
select test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus, test.enable('segment_mutuals', '1') as mutuals \gset
select api.instance_id('segment_followers', '{"subject_id": "1"}') as followers, api.instance_id('segment_followed', '{"subject_id": "1"}') as followed \gset
select test.play() \g /dev/null
select checkpoint_id as first_mutuals from api.instances where instance_id = :mutuals \gset
select checkpoint_id as first_followers from api.instances where instance_id = :followers \gset
select checkpoint_id as first_followed from api.instances where instance_id = :followed \gset

-- The first time
set local role rookery_reader;
select api.why(:first_mutuals) as why \gset
select api.why(:first_followers) as followers_why \gset
reset role;
select is(:'why'::jsonb ->> 'says',
  format('materialization %s of instance %s, segment_mutuals 1: 1 entered, 0 left, revision 0 to 1, members 1; it read everything', :first_mutuals, :mutuals),
  'A12: a materialization says what it touched');
select is(:'why'::jsonb -> 'instance', jsonb_build_object('instance_id', :mutuals, 'kind', 'segment_mutuals', 'params', '{"subject_id": "1"}'::jsonb),
  'G1: the instance by its params, whose ids are strings');
select is(:'why'::jsonb -> 'previous_id', null, 'A12: there was none before');
select is(
  jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "pin").materialization_id'),
  jsonb_build_array(jsonb_build_object('before', null, 'after', :first_followed), jsonb_build_object('before', null, 'after', :first_followers)),
  'A12: what it read of others is named, in the order of roles');
select is(
  jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "root").path[*].instance_id'), jsonb_build_array(:corpus, :mutuals, :mutuals),
  'A12: who asked for it, with the way from the root');
select is(
  (select array_agg(line) from test.says(:'why'::jsonb) as line where line like 'asked for%'),
  (select array[format('asked for by root %s: instance %s, post_corpus_for_segment (segment_mutuals 1) > its source', min(root_id), :corpus),
                format('asked for by root %s: itself', max(root_id))] from api.roots),
  'A12: in words too');
select is(
  jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "cause").cause'), '["dependency", "dependency", "root"]', 'A12: why now');
select is(
  (select array_agg(jsonb_build_array(r -> 'run_id', r -> 'has_changed')) from jsonb_path_query(:'followers_why', '$.because[*] ? (@.about == "run")') as r),
  array(select jsonb_build_array(run_id, true) from api.runs where sync_kind = 'followers'),
  'A12: the run that fed a segment made from the graph');
select is(
  jsonb_path_query_first(:'followers_why', '$.because[*] ? (@.about == "inputs")') ->> 'has_moved', 'true', 'A6: what it reads of the graph has moved');

-- 4 comes, follows and is followed
select simulation.advance('6 hours') \g /dev/null
insert into test.world_follows values (1, 4), (4, 1);
select test.play() \g /dev/null
select checkpoint_id as second_mutuals from api.instances where instance_id = :mutuals \gset
select checkpoint_id as second_followers from api.instances where instance_id = :followers \gset
select api.why(:second_mutuals) as why \gset
select is(:'why'::jsonb -> 'previous_id', to_jsonb(:first_mutuals), 'A12: it is held against the success before');
select is(:'why'::jsonb -> 'revision', '{"before": 1, "after": 2}', 'A8: the revision before and after');
select ok(:'why'::jsonb #>> '{dependencies_hash,before}' <> :'why'::jsonb #>> '{dependencies_hash,after}', 'A6: the hash of its dependencies moved');
select is(:'why'::jsonb #>> '{inputs_hash,before}', :'why'::jsonb #>> '{inputs_hash,after}', 'A6: that of its inputs did not: it reads nothing of the graph');
select is(:'why'::jsonb #>> '{inputs_hash,after}', (select inputs_hash from api.materializations where materialization_id = :second_mutuals), 'the hashes are those that are recorded');
select is(
  jsonb_path_query_first(:'why', '$.because[*] ? (@.role == "followers")') #- '{instance}' #- '{because}' #- '{says}',
  jsonb_build_object('about', 'pin', 'role', 'followers', 'has_moved', true, 'revision', '{"before": 1, "after": 2}'::jsonb, 'moved_by', jsonb_build_array(:second_followers),
                     'materialization_id', jsonb_build_object('before', :first_followers, 'after', :second_followers)),
  'A12: a dependency revision by revision');
select is(
  jsonb_path_query_array(:'why', '$.because[*] ? (@.role == "followers").because[*].materialization_id'), jsonb_build_array(:second_followers),
  'A12: and what moved it is explained in turn');
select is(
  jsonb_path_query_array(:'why', '$.because[*] ? (@.role == "followers").because[*].because[*] ? (@.about == "run").run_id'),
  (select jsonb_agg(max(run_id)) over () from api.runs where sync_kind = 'followers'), 'A12: down to the run');
select is(jsonb_path_query_first(:'why', '$.because[*] ? (@.role == "followers").because[*].because[*] ? (@.about == "inputs")') ->> 'says' ~ 'follow of 1 by 4 added', true,
  'A6: and to the change of the graph');

-- Runs of other lists, and edits
select test.enable('segment_followed', '2') as other \gset
select test.play() \g /dev/null
select is(
  (select array_agg(r ->> 'has_changed' order by r ->> 'has_changed')
   from api.instances, jsonb_path_query(api.why(checkpoint_id), '$.because[*] ? (@.about == "run")') as r where instance_id = :other),
  '{false,true}', 'A12: a run of somebody else''s list may have fed it, and its own only confirmed it');
select api.specified_users_set('staff', array[2, 3]) \g /dev/null
select test.enable('segment_specified_users', 'staff') as staff \gset
select test.play() \g /dev/null
select api.specified_users_set('staff', array[2, 4]) \g /dev/null
select test.play() \g /dev/null
select api.why(checkpoint_id) as why from api.instances where instance_id = :staff \gset
select ok(exists (select from test.says(:'why'::jsonb) as line where line ~ 'now, because its set was edited \(position \d+\): 1 listed, 1 taken off'), 'A12: which edit');
select is(:'why'::jsonb ->> 'left', '1', 'A12: what left');

-- Bounds
select api.specified_users_set('many', array(select generate_series(1001, 1100))) \g /dev/null
insert into test.world_users select i, 'user_' || i from generate_series(1001, 1100) as i;
insert into test.world_posts select i, i from generate_series(1001, 1100) as i;
select test.enable('post_corpus_for_segment', 'segment_specified_users many') as many \gset
select test.enable('segment_followers', i::text) from generate_series(11, 17) as i \g /dev/null
select test.play() \g /dev/null
select api.why(checkpoint_id) as why from api.instances where instance_id = :many \gset
select is(jsonb_array_length(jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "run")')), 10, 'no list is longer than a page');
select is((jsonb_path_query_first(:'why', '$.because[*] ? (@.about == "more")') ->> 'says'), 'fed or confirmed by 100 runs in all; these are the last', 'but it says how many there are');
insert into asset.wants (instance_id, root_id, via_id)
select :followers, root_id, instance_id from asset.roots where instance_id in (select instance_id from asset.instances where params ->> 'subject_id' ~ '^1[1-7]$') \g /dev/null
select api.sync_request('followers', 1, 'full') \g /dev/null
delete from test.world_follows where follower_id = 3;
select test.play() \g /dev/null
select api.why(checkpoint_id) as why from api.instances where instance_id = :followers \gset
select is(:'why'::jsonb -> 'previous_id', (
  select to_jsonb(max(m.materialization_id)) from api.materializations as m join api.instances as i using (instance_id)
  where i.instance_id = :followers and m.materialization_id < i.checkpoint_id), 'A12: it is held against the last one before it');
select is(jsonb_array_length(jsonb_path_query_array(:'why', '$.because[*] ? (@.about == "root")')), 5, 'five roots are named');
select ok(exists (select from test.says(:'why'::jsonb) as line where line = 'asked for by 9 roots in all'), 'and all are counted');

-- A fanout
select api.fanout_root_enable('segment_followed', '{"subject_id": "4"}', 'segment_mutuals', 'scoped_by_source') as source \gset
insert into test.world_follows values (3, 4) on conflict do nothing;
select test.play() \g /dev/null
select i.instance_id as target, i.checkpoint_id as target_checkpoint from asset.instances as i where i.scope_hash is not null and i.params ->> 'subject_id' = '3' \gset
select checkpoint_id as side_checkpoint from api.instances where kind = 'segment_followers' and params ->> 'subject_id' = '3' \gset
select is(jsonb_path_query_array(api.why(:target_checkpoint), '$.because[*] ? (@.about == "root").path[*].instance_id'), jsonb_build_array(:target), 'A3: a target is asked for through its fanout');
select is(
  (select array_agg(line) from test.says(api.why(:side_checkpoint)) as line where line like 'asked for%'),
  (select array[format('asked for by root %s: instance %s, segment_followed 4, fanned out to segment_mutuals > instance %s, segment_mutuals 3, a source''s own > its followers',
                       root_id, :source, :target)] from api.fanout_roots),
  'A3: and so is what it is made from');

-- A failure
create or replace function asset.segment_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$ select 1 / 0, true $$;
select api.sync_request('followers', 1, 'full') \g /dev/null
delete from test.world_follows where follower_id = 2;
select test.play() \g /dev/null
select materialization_id as failed from api.materializations where instance_id = :followers order by 1 desc limit 1 \gset
select is(api.why(:failed) - '{because,says,started_at,completed_at,retry_at,error_context,instance,members,revision,read_revision,inputs_hash,dependencies_hash,previous_id}'::text[],
  jsonb_build_object('about', 'materialization', 'materialization_id', :failed, 'status', 'error', 'reads_everything', false, 'error_state', '22012', 'error_message', 'division by zero'),
  'A7: a failure says how it failed');
select ok(exists (select from test.says(api.why(:failed)) as line where line ~ 'fed by run \d+, followers of 1'), 'A7: and what it was about to take in');
select is(jsonb_path_query_array(api.why(:failed), '$.because[*] ? (@.about == "inputs")'), '[]', 'A7: what it did not read it does not claim');

select throws_ok('select api.why(-1)', 'RK016', 'there is no materialization -1', 'an unknown materialization is an error');
select throws_ok('select api.why(null)', 'RK016', 'there is no materialization null', 'so is none');
select throws_ok('select api.why_not(null)', 'RK004', 'there is no instance null', 'and no instance');

select * from finish();
rollback;
