begin;
select plan(3);

select results_eq(
  $$ select base.parse_id(t) from unnest('{1,999999999999999999,1000000000000000000,9223372036854775807,0001}'::text[]) as t $$,
  '{1,999999999999999999,1000000000000000000,9223372036854775807,1}'::bigint[], 'G1: an id is read from decimal text');
select is((select count(base.parse_id(t)) from unnest(array['0', '-1', '9223372036854775808', '99999999999999999999', '1.0', '1e3', ' 1', '1 ', '+1', '', 'x', '١']) as t),
  0::bigint, 'G1: nothing else is an id');
select is(base.parse_id(null), null, 'G1: no text is no id');

select * from finish();
rollback;
