-- I9: X bills a resource once a UTC day.
begin;
select plan(13);

create function pg_temp.bought() returns text language sql as $$
  select string_agg(resource || ' ' || item_id || ' ' || to_char(bought_on, 'DD'), ', ' order by resource, item_id) from ingest.purchases
$$;
select simulation.set_now('2026-03-02T09:00:00Z') \g /dev/null
select is(ingest.record_purchases('follow', '{1,2,2,3}', base.now()), 3, 'I9: what comes twice in a page is billed once');
select is(pg_temp.bought(), 'follow 1 02, follow 2 02, follow 3 02', 'and is marked as bought today');
select is(ingest.record_purchases('follow', '{3,4}', base.now()), 1, 'I9: what was bought earlier that day is free');
select is(ingest.record_purchases('user', '{3}', base.now()), 1, 'I9: a profile is another resource');
select test.x_wal_bytes_of($$ select ingest.record_purchases('follow', '{1,2,3,4}', base.now()) $$) as wal_bytes \gset
select is(:wal_bytes, 0, 'G8: a page that was all paid for writes nothing');
select is(ingest.record_purchases('follow', '{}', base.now()), 0, 'no rows cost nothing');

-- Midnight, UTC, wherever the session is
set local timezone to 'Asia/Tokyo';
select simulation.set_now('2026-03-02T23:59:59Z') \g /dev/null
select is(ingest.record_purchases('follow', '{1}', base.now()), 0, 'I9: the day is not over before midnight UTC');
select simulation.set_now('2026-03-03T00:00:01Z') \g /dev/null
select is(ingest.record_purchases('follow', '{1,5}', base.now() - interval '2 seconds'), 2, 'I9: of a call that was out at midnight nothing is taken for paid');
select is(pg_temp.bought(), 'follow 1 02, follow 2 02, follow 3 02, follow 4 02, follow 5 02, user 3 02', 'and it may have been billed before midnight');
select is(ingest.record_purchases('follow', '{1,5}', base.now()), 2, 'I9: so today it is billed again');
select is(ingest.record_purchases('follow', '{1,5,2}', base.now()), 1, 'I9: once');
select is(ingest.record_purchases('follow', '{1}', base.now() - interval '2 seconds'), 1, 'in doubt it is dear');
select is((select bought_on from ingest.purchases where item_id = 1), '2026-03-03', 'and takes no mark away');

select * from finish();
rollback;
