begin;
select plan(5);

select is((select array_agg(distinct answer_class) from unnest(array[null, '', ' ', '[]', '5', '"x"', 'null', 'true', '<html><body>502</body></html>', '{"data": [{"id": "1", "use',
    '{"data": [}', repeat('[', 100000), repeat('{"a":', 50000), '{"a": "' || chr(1) || '"}', '{"data": [{"id": "\uZZZZ"}]}']) as b,
    ingest.x_v2_answer('followers', 200, '{}', b)),
  '{not_json}', 'what is no JSON object is said to be none');
select is(
  (select count(answer_class) from unnest('{users,followers,timeline,posts}'::text[]) as e, unnest('{200,400,401,402,403,404,429,500,-1,2147483647,0}'::integer[]) as s,
     unnest(array[null, '', '<html>', '[]', '{}', '{"errors": 5}', '{"errors": [null, 5, [], {"type": 7, "title": {}}]}', '{"data": 5}', '{"data": [5]}', '{"data": [[]], "meta": 5}',
       '{"meta": {"next_token": {"a": []}}}', '{"detail": {"a": 1}}', '{"data": [{}], "errors": "x", "meta": [1]}']) as b,
     unnest(array['{}', 'null', '[]', '"x"', '5', '{"x-rate-limit-reset": "99999999999999999999", "x-rate-limit-remaining": "-5", "x-rate-limit-limit": "many"}',
       '{"x-rate-limit-reset": {"a": 1}, "x-rate-limit-remaining": ["1"], "x-rate-limit-limit": 1e300}', '{"x-rate-limit-reset": "9999999999"}', null]::jsonb[]) as h,
     ingest.x_v2_answer(e, s, h, b)),
  4 * 11 * 13 * 9::bigint, 'every combination of bad bodies, statuses and headers is of some class');
select ok(a.limit_count = 300 and a.remaining_count = 7 and a.reset_at = '2026-03-02T00:15:00Z', 'headers are read in any letter case')
from ingest.x_v2_answer('users', 200, '{"X-Rate-Limit-Limit": "300", "x-rate-limit-REMAINING": "7", "x-rate-limit-reset": "1772410500"}', '{}') as a;
select is(num_nonnulls(a.limit_count, a.remaining_count, a.reset_at), 0, 'I8: headers that are absent say nothing') from ingest.x_v2_answer('users', 200, '{}', '{}') as a;
select is(length(a.detail), 500, 'what is noted of an answer is no longer than a line') from ingest.x_v2_answer('users', 500, '{}', repeat('x', 100000)) as a;

select * from finish();
rollback;
