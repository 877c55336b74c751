begin;
select plan(43);

set local role rookery_operator;
select api.root_enable('segment_followers', '{"subject_id": "123"}') as followers \gset
select is((select (kind, params, enabled, members, revision)::text from api.roots where instance_id = :followers),
  '(segment_followers,"{""subject_id"": ""123""}",t,0,0)', 'A3: a root is what was asked for, enabled');
reset role;

-- A2: identity is structural
select is(test.enable('segment_followers', '123'), :followers::bigint, 'A2: the same kind and params are the same instance');
set local role rookery_operator;
select is(api.root_enable('segment_followers', '{"subject_id": 123}'), :followers::bigint, 'A2: an id as a number is the same id');
select is(api.root_enable('segment_followers', '{"subject_id": "00123"}'), :followers::bigint, 'A2: zeros in front do not make another');
select isnt(api.root_enable('segment_followed', '{"subject_id": "123"}'), :followers::bigint, 'A2: another kind is another instance');
select api.root_enable('segment_followers', '{"subject_id": "9223372036854775807"}') as largest \gset
select is((select params from api.roots where instance_id = :largest), '{"subject_id": "9223372036854775807"}', 'G1: the largest id is an id, and a string');
reset role;
select results_eq(
  $$ select encode(identity_hash, 'hex') from asset.instances where kind = 'segment_followers' and params = '{"subject_id": "123"}' $$,
  $$ select encode(sha256(convert_to(E'rookery 1\nsegment_followers\nsubject_id=123', 'UTF8')), 'hex') $$,
  'A2: the hash is over its version, the kind and the canonical params, so it is the same on every database');

-- A4: closure
select test.enable('post_corpus_for_segment', 'segment_mutuals 7') as corpus \gset
select is(
  (select array_agg(i.kind order by i.kind) from asset.wants as w join api.instances as i using (instance_id)
   where w.root_id = (select root_id from api.roots where instance_id = :corpus)),
  '{post_corpus_for_segment,segment_followed,segment_followers,segment_mutuals}',
  'A4: a root wants everything that it is made from');
select results_eq(
  $$ select kind, depth from asset.instances where params @> '{"subject_id": "7"}' or kind = 'post_corpus_for_segment' order by kind $$,
  $$ values ('post_corpus_for_segment' collate "C", 2::smallint), ('segment_followed', 0::smallint), ('segment_followers', 0::smallint), ('segment_mutuals', 1::smallint) $$,
  'A4: a depth says in which order they are made');
select is((select count(*) from api.roots where kind <> 'segment_followers' and kind <> 'segment_followed'), 1::bigint, 'A3: what a root is made from is no root');
select test.everything() as before \gset
select test.enable('post_corpus_for_segment', 'segment_mutuals 7') \g /dev/null
select is(test.everything(), :'before'::jsonb, 'A3: enabling an enabled root changes nothing');

-- A5: a window of its own
set local role rookery_operator;
select api.root_enable('segment_followers', '{"subject_id": "123"}', '1 hour') \g /dev/null
select is((select fresh_within from api.roots where instance_id = :followers), '1 hour', 'A5: a root may ask for a window of its own');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "123"}', '0') $$, 'RK014', 'nothing can be fresh within 00:00:00', 'which is above zero');

-- I3, I9: how surely lists are known
select api.root_enable('segment_followers', '{"subject_id": "123"}', p_reconcile_within => '3 days', p_reconcile_doubt => 0.5) \g /dev/null
select is((select (fresh_within, reconcile_within, reconcile_doubt)::text from api.roots where instance_id = :followers), '(,"3 days",0.5)', 'I3: so may it say how old a full read may be, and how much of a list in doubt; what it does not say is as set');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "123"}', p_reconcile_within => '-1 day') $$, 'RK014', 'a list cannot be read in full every -1 days', 'I3: an age is above zero');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "123"}', p_reconcile_doubt => 100.5) $$, 'RK014', '100.5 percent of a list cannot be in doubt', 'I9: a doubt is a percentage');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "123"}', p_reconcile_doubt => -1) $$, 'RK014', '-1 percent of a list cannot be in doubt', 'I9: not below nothing');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "123"}', p_reconcile_doubt => 'NaN') $$, 'RK014', null, 'I9: and a number');
reset role;

-- It begins at once
select is((select count(*) from ingest.needs where subject_id = 123), 2::bigint, 'A5: its syncs are needed at once');

-- Bad input
set local role rookery_operator;
select throws_ok($$ select api.root_enable('segment_friends', '{}') $$, 'RK001', 'there is no asset kind ''segment_friends''', 'an unknown kind is an error that names it');
select throws_ok($$ select api.root_enable(null, '{}') $$, 'RK001', 'there is no asset kind null', 'so is no kind');
select throws_ok($$ select api.root_enable('segment_followers', '{}') $$, 'RK002', 'the params of segment_followers cannot be {}', 'a missing param is an error');
select throws_ok($$ select api.root_enable('segment_followers', null) $$, 'RK002', 'the params of segment_followers cannot be null', 'so are no params');
select throws_ok($$ select api.root_enable('segment_followers', '"123"') $$, 'RK002', 'the params of segment_followers cannot be "123"', 'so are params that are no object');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "1", "depth": 2}') $$, 'RK002', null, 'so is an extra param');
select throws_ok($$ select api.root_enable('segment_followers', '{"user_id": "1"}') $$, 'RK002', null, 'so is a param of another name');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "jack"}') $$, 'RK002', 'subject_id cannot be "jack"', 'so is a handle in place of an id');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": ""}') $$, 'RK002', 'subject_id cannot be ""', 'so is an empty id');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": null}') $$, 'RK002', 'subject_id cannot be null', 'so is a null id');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": ["1"]}') $$, 'RK002', 'subject_id cannot be ["1"]', 'so is a list of ids');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": 1.5}') $$, 'RK002', 'subject_id cannot be 1.5', 'so is half an id');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": 0}') $$, 'RK003', 'subject_id is out of range: 0', 'zero is no id');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "-5"}') $$, 'RK003', 'subject_id is out of range: -5', 'nor is a negative number');
select throws_ok($$ select api.root_enable('segment_followers', '{"subject_id": "9223372036854775808"}') $$, 'RK003', 'subject_id is out of range: 9223372036854775808', 'G1: nor is what is larger than a bigint');
select throws_ok($$ select api.root_enable('segment_specified_users', '{"stable_key": ""}') $$, 'RK002', 'stable_key cannot be ""', 'an empty stable key is an error');
select throws_ok($$ select api.root_enable('segment_specified_users', '{"stable_key": " "}') $$, 'RK002', 'stable_key cannot be " "', 'so is a blank one');
select throws_ok($$ select api.root_enable('segment_specified_users', '{"stable_key": 7}') $$, 'RK002', 'stable_key cannot be 7', 'so is a number');
select throws_ok($$ select api.root_enable('post_corpus_for_segment', '{"source": "segment_followers"}') $$, 'RK002', 'source cannot be "segment_followers"', 'a source is a kind with params');
select throws_ok($$ select api.root_enable('post_corpus_for_segment', '{"source": {"kind": "nothing", "params": {}}}') $$, 'RK001', 'there is no asset kind ''nothing''', 'A4: of a known kind');
select throws_ok($$ select api.root_enable('post_corpus_for_segment', '{"source": {"kind": "segment_mutuals", "params": {"subject_id": 0}}}') $$, 'RK003', null, 'A4: with params of that kind');
select throws_ok(
  $$ select api.root_enable('post_corpus_for_segment', '{"source": {"kind": "post_corpus_for_segment", "params": {"source": {"kind": "segment_mutuals", "params": {"subject_id": "1"}}}}}') $$,
  'RK007', 'post_corpus_for_segment cannot be made of post_corpus_for_segment', 'A4: there is no corpus of a corpus');
reset role;

-- A4: cycles
insert into asset.kinds (kind, item_kind, param_types, description) values ('segment_of_itself', 'user', '{"subject_id": "user_id"}', 'A kind with a fault.');
create function asset.segment_of_itself_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb) language sql as $$ select 'self', 'segment_of_itself', p_params $$;
select throws_ok($$ select test.enable('segment_of_itself', '1') $$, 'RK006', 'segment_of_itself {"subject_id": "1"} would depend on itself', 'A4: a cycle is an error when the root is made');

-- The way out
select matches(test.hint_of($$ select api.root_enable('segment_friends', '{}') $$), 'The kinds are post_corpus_for_segment, .*segment_specified_users', 'the hint lists the kinds');

select * from finish();
rollback;
