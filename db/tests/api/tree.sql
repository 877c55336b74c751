begin;
select plan(8);

create function pg_temp.lines(p_why jsonb) returns text[] language sql as $$ select array(select line from api.tree(p_why) as line) $$;

set local role rookery_reader;
select results_eq(
  $$ select api.tree('{"says": "a", "because": [{"says": "b", "because": [{"says": "c"}]}, {"says": "d"}]}') $$,
  array['a', '  b', '    c', '  d'], 'each reason is a line, indented under what it is the reason for');
reset role;
select is(pg_temp.lines('{"says": "a", "because": []}'), '{a}', 'no reason is no line');
select is(pg_temp.lines(jsonb_build_object('says', rtrim(repeat('four ', 30)))), array[rtrim(repeat('four ', 19)), '    ' || rtrim(repeat('four ', 11))],
  'a long line is broken between words');
select is(pg_temp.lines(jsonb_build_object('says', 'a ' || repeat('x', 250))), array['a', '    ' || repeat('x', 95), '    ' || repeat('x', 95), '    ' || repeat('x', 60)],
  'and within a word that is longer than a line');
select string_agg(repeat('x', i), ' ' order by i) as words from generate_series(1, 99) as i \gset
select is(
  (select max(length(line)) from api.tree(jsonb_build_object('says', :'words', 'because', jsonb_build_array(jsonb_build_object('says', :'words')))) as line),
  100, 'no line is longer than 100');
select is(replace(array_to_string(pg_temp.lines(jsonb_build_object('says', rpad('', 1000, 'lorem ipsum '))), ''), ' ', ''), replace(rpad('', 1000, 'lorem ipsum '), ' ', ''), 'nothing is lost');
select is(pg_temp.lines(null), '{}', 'nothing has no lines');

set local role rookery_reader;
select ok(bool_and(length(meaning) > 20) and bool_or(kind = 'missing_prerequisite'), 'E3: every kind of decision says what it means') from api.decision_kinds;

select * from finish();
rollback;
