begin;
select plan(2);

set local role rookery_reader;
select results_eq($$ select item_kind, params from api.kinds where kind in ('post_corpus_for_segment', 'segment_specified_users') order by kind $$,
  $$ values ('post', '{"source": "segment"}'::jsonb), ('user', '{"stable_key": "name"}') $$, 'A1: each kind says what it holds, and which params it takes');
select ok(count(*) >= 6 and bool_and(description ~ '\S'), 'A1: and what it is') from api.kinds;

select * from finish();
rollback;
