begin;
select plan(8);

select base.decide('rate_limit', 'endpoint x', 'full', '2026-03-02T01:00:00Z', '{"n": 1}') \g /dev/null
select simulation.advance('1 minute') \g /dev/null
select base.decide('rate_limit', 'endpoint x', 'full', '2026-03-02T02:00:00Z', '{"n": 2}') \g /dev/null
select results_eq(
  $$ select repeat_count, detail ->> 'n', last_at - first_at, until_at from base.decisions where about = 'endpoint x' $$,
  $$ values (2::bigint, '2', interval '1 minute', timestamptz '2026-03-02T02:00:00Z') $$, 'E3: the same decision again is counted on one row');
select base.decide('rate_limit', 'endpoint x', 'other') \g /dev/null
select base.decide('rate_limit', 'endpoint y', 'full') \g /dev/null
select is((select count(*) from base.decisions), 3::bigint, 'E3: for another, or for another reason, it is another decision');
select throws_ok($$ select base.decide('whim', 'x', 'y') $$, '23503', null, 'E3: a decision is of a known kind');
select throws_ok($$ select base.decide('rate_limit', '', 'y') $$, '23514', null, 'E3: it is about something');
select simulation.advance('-1 hour') \g /dev/null
select lives_ok($$ select base.decide('rate_limit', 'endpoint x', 'full') $$, 'a clock that goes back breaks nothing');
-- What compresses badly, and in four bytes a sign.
select string_agg(chr(128512 + (i * 7919) % 60) || md5(i::text), '') as long from generate_series(1, 500) as i \gset
select lives_ok(format('select base.decide(%L, %L, %L)', 'run_failed', 'run 1', :'long'), 'A7: a reason may be of any length');
select base.decide('run_failed', 'run 1', :'long') \g /dev/null
select is((select repeat_count from base.decisions where about = 'run 1'), 2::bigint, 'E3: and is one decision all the same');
select is((select reason from base.decisions where about = 'run 1'), left(:'long', 300), 'E3: of which the beginning is kept');

select * from finish();
rollback;
