begin;
select plan(2);

set local role rookery_web;
select is(api.read_clock(), timestamptz '2026-03-02T00:00Z', 'E4: it is what time it is for the engine');
reset role;
select simulation.advance('1 hour') \g /dev/null
set local role rookery_web;
select is(api.read_clock(), timestamptz '2026-03-02T01:00Z', 'and goes with it');

select * from finish();
rollback;
