begin;
select plan(8);

select test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset
set local role rookery_reader;
select is(api.instance_id('post_corpus_for_segment', '{"source": {"params": {"subject_id": 1}, "kind": "segment_mutuals"}}'), :corpus::bigint,
  'A2: an instance is found by kind and params, however they are written');
select isnt(api.instance_id('segment_followed', '{"subject_id": "1"}'), null, 'A4: so is one that a root is made from');
select is(api.instance_id('segment_followed', '{"subject_id": "2"}'), null, 'what was never asked for is null');
select is((select count(*) from api.instances where params = '{"subject_id": "2"}'), 0::bigint, 'and asking makes nothing');
select throws_ok($$ select api.instance_id('nothing', '{}') $$, 'RK001', 'there is no asset kind ''nothing''', 'an unknown kind is an error');
select throws_ok($$ select api.instance_id('segment_followed', '{}') $$, 'RK002', 'the params of segment_followed cannot be {}', 'so is a missing param');
select throws_ok($$ select api.instance_id('segment_followed', '{"subject_id": 0}') $$, 'RK003', 'subject_id is out of range: 0', 'so is an id out of range');
select throws_ok(
  $$ select api.instance_id('post_corpus_for_segment', '{"source": {"kind": "post_corpus_for_segment", "params": {"source": {"kind": "segment_followed", "params": {"subject_id": 1}}}}}') $$,
  'RK007', 'post_corpus_for_segment cannot be made of post_corpus_for_segment', 'A4: so is a corpus of a corpus');

select * from finish();
rollback;
