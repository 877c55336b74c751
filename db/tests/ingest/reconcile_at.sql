-- I3: a list is read in full a little before it is too old.
begin;
select plan(5);

create function pg_temp.after(p_fresh_within interval, p_reconcile_within interval) returns interval language sql as $$
  select ingest.reconcile_at('2026-03-02 00:00:00+00', p_fresh_within, p_reconcile_within) - '2026-03-02 00:00:00+00'
$$;
select is(pg_temp.after('6 hours', '7 days'), '6 days 18 hours', 'by the look before');
select is(pg_temp.after('6 hours', '20 hours'), '19 hours', 'but no more than a twentieth of the age before');
select is(pg_temp.after('1 minute', '7 days'), '6 days 23 hours 59 minutes', 'looks may be near each other');
select is(pg_temp.after('6 hours', '20 s'), '6 hours', 'I9: no sooner than a look is due');
select is(pg_temp.after('6 hours', null), null, 'what is no list is never read in full');

select * from finish();
rollback;
