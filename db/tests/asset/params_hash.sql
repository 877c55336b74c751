-- A2: the hash of params is documented, so that any program can compute it.
begin;
select plan(8);

create function pg_temp.sha(p_text text) returns text language sql as $$ select encode(sha256(convert_to(p_text, 'UTF8')), 'hex') $$;
create function pg_temp.hash(p_kind text, p_params jsonb) returns text language sql as $$
  select encode(asset.params_hash(p_kind, asset.canonical_params(p_kind, p_params)), 'hex');
$$;
select is(pg_temp.hash('segment_followed', '{"subject_id": 17}'), pg_temp.sha(E'rookery 1\nsegment_followed\nsubject_id=17'), 'A2: version, kind, and the param as name=value');
select is(pg_temp.hash('segment_specified_users', '{"stable_key": "Ünï =x"}'), pg_temp.sha(E'rookery 1\nsegment_specified_users\nstable_key=Ünï =x'), 'A2: in UTF-8, as it was given');
select is(
  pg_temp.hash('post_corpus_for_segment', '{"source": {"kind": "segment_followed", "params": {"subject_id": "0017"}}}'),
  pg_temp.sha(E'rookery 1\npost_corpus_for_segment\nsource=' || pg_temp.hash('segment_followed', '{"subject_id": 17}')), 'A2: nested params by their own hash');
select isnt(pg_temp.hash('segment_followed', '{"subject_id": 17}'), pg_temp.hash('segment_followers', '{"subject_id": 17}'), 'A2: another kind is another hash');
select isnt(pg_temp.hash('segment_followed', '{"subject_id": 17}'), pg_temp.hash('segment_followed', '{"subject_id": 18}'), 'A2: so are other params');

-- {"a": "x", "b": "y"} is a=x and b=y, a line each: with a line feed in it a name would be two of them.
insert into asset.kinds values ('segment_named', 'user', '{"a": "name", "b": "name"}', ''), ('segment_everybody', 'user', '{}', '');
select throws_ok($$ select asset.canonical_params('segment_named', '{"a": "x\nb=y", "b": "z"}') $$, 'RK002', E'a cannot be "x\\nb=y"', 'A2: a name has no line feed, so that no two params have one hash');
select is(asset.canonical_params('segment_everybody', '{}'), '{}', 'A2: a kind may take no params');
select is(pg_temp.hash('segment_everybody', '{}'), pg_temp.sha(E'rookery 1\nsegment_everybody'), 'A2: and has a hash then');

select * from finish();
rollback;
