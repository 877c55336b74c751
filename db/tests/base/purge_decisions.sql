-- W7: decisions are kept for a month after they were taken last.
begin;
select plan(5);
select simulation.set_now('2026-01-01 12:00+00') \g /dev/null
select base.decide('rate_limit', 'endpoint x', 'old'), base.decide('rate_limit', 'endpoint x', 'repeated'),
       base.decide('rate_limit', 'endpoint x', 'in force', '2026-12-31 00:00+00') \g /dev/null
select simulation.advance('30 days') \g /dev/null
select base.decide('rate_limit', 'endpoint x', 'repeated') \g /dev/null
select is(base.purge_decisions(10), 0, 'W7: nothing is deleted before its time');
select simulation.advance('1 s') \g /dev/null
select is(base.purge_decisions(0), 0, 'a step is bounded');
select is(base.purge_decisions(10), 1, 'W7: what was not repeated for 30 days is deleted');
select bag_eq('select reason from base.decisions', array['repeated', 'in force'], 'E3: what was repeated, or is in force, stays');
select simulation.set_now('2027-01-01 12:00+00') \g /dev/null
select is(base.purge_decisions(10), 2, 'W7: until it is old too');

select * from finish();
rollback;
