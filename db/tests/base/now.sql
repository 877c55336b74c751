begin;
select plan(3);

select simulation.set_now('2026-05-01T00:00:00Z') \g /dev/null
select is(base.now(), '2026-05-01T00:00:00Z', 'E4: a test sets the one clock');
select simulation.advance('90 minutes') \g /dev/null
select is(base.now(), '2026-05-01T01:30:00Z', 'E4: and moves it on');
select volatility_is('base', 'now', '{}'::name[], 'stable', 'the clock is stable, so that an index can use it');

select * from finish();
rollback;
