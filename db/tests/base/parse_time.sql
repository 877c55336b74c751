begin;
select plan(3);

select is(base.parse_time('2026-03-01T12:00:00.000Z'), '2026-03-01T12:00:00Z', 'a time is read from ISO 8601');
select is(base.parse_time('2026-03-01T12:00:00+02:00'), '2026-03-01T10:00:00Z', 'in any zone');
select is(
  (select count(base.parse_time(t)) from unnest(array['now', 'infinity', '-infinity', 'epoch', 'today', '', '2026-03-01', '2026-03-01T12:00:00',
     '2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '2026-01-01T25:00:00Z', '2026-01-01T00:00:00+99:99', ' 2026-03-01T12:00:00Z']) as t),
  0::bigint, 'nothing else is a time, whatever timestamptz would make of it');

select * from finish();
rollback;
