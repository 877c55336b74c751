-- A2: the hash of params is documented, so that any program can compute it.
begin;
select plan(5);

create function pg_temp.sha(p_text text) returns text language sql as $$ select encode(sha256(convert_to(p_text, 'UTF8')), 'hex') $$;
create function pg_temp.hash(p_kind text, p_params jsonb) returns text language sql as $$
  select encode(asset.params_hash(p_kind, asset.canonical_params(p_kind, p_params)), 'hex');
$$;
select is(pg_temp.hash('segment_followed', '{"subject_id": 17}'), pg_temp.sha(E'rookery 1\nsegment_followed\nsubject_id=17'), 'A2: version, kind, and the param as name=value');
select is(pg_temp.hash('segment_specified_users', '{"stable_key": "Ünï\n=x"}'), pg_temp.sha(E'rookery 1\nsegment_specified_users\nstable_key=Ünï\n=x'), 'A2: in UTF-8, as it was given');
select is(
  pg_temp.hash('post_corpus_for_segment', '{"source": {"kind": "segment_followed", "params": {"subject_id": "0017"}}}'),
  pg_temp.sha(E'rookery 1\npost_corpus_for_segment\nsource=' || pg_temp.hash('segment_followed', '{"subject_id": 17}')), 'A2: nested params by their own hash');
select isnt(pg_temp.hash('segment_followed', '{"subject_id": 17}'), pg_temp.hash('segment_followers', '{"subject_id": 17}'), 'A2: another kind is another hash');
select isnt(pg_temp.hash('segment_followed', '{"subject_id": 17}'), pg_temp.hash('segment_followed', '{"subject_id": 18}'), 'A2: so are other params');

select * from finish();
rollback;
