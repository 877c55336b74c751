-- A kind is a row of asset.kinds and three functions (A1), and the nine kinds are there.
begin;
select plan(3);

select ok((select array_agg(kind) from asset.kinds) @>
  '{post_corpus_for_segment,segment_filter,segment_followed,segment_followers,segment_mutuals,segment_set,segment_specified_users,segment_unreciprocated_followed,segment_unreciprocated_followers}',
  'A1: the nine kinds are there');
select is_empty(
  $$ select k.kind, f.name
     from asset.kinds as k
     cross join lateral (values
       ('asset.' || k.kind || '_dependencies(jsonb)', 'TABLE(role text, kind text, params jsonb)'),
       ('asset.' || k.kind || '_needs(bigint,jsonb,boolean)', 'TABLE(sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)'),
       ('asset.' || k.kind || '_candidates(bigint,jsonb,bigint,bigint)', 'TABLE(item_id bigint, belongs boolean)')) as f (name, result)
     where pg_get_function_result(to_regprocedure(f.name)) is distinct from f.result $$,
  'A1: every kind has its three functions');
select is_empty($$ select kind from asset.kinds where description !~ '\.$' $$, 'every kind says what it is');

select * from finish();
rollback;
