-- Chores: one bounded step of one of them a tick, when it is due (A13, W7).
begin;
select plan(12);
select simulation.set_now('2026-01-01 12:00+00') \g /dev/null
update engine.chores set due_at = base.now() + interval '1 hour' \g /dev/null

select is(engine.take_chore(10, false), false, 'nothing is due');
select base.decide('rate_limit', 'endpoint x', 'reason ' || i) from generate_series(1, 5) as i \g /dev/null
select simulation.advance('40 days') \g /dev/null
update engine.chores set due_at = base.now() + interval '1 hour' where chore <> 'decisions' \g /dev/null
select is(engine.take_chore(3, false), true, 'W7: a step clears away as much as it may, and says that there may be more');
select is((select count(*) from base.decisions), 2::bigint, 'W7: a few at a time');
select is((select due_at from engine.chores where chore = 'decisions'), base.now(), 'W7: it stays due');
select is(array[engine.take_chore(3, false), engine.take_chore(3, false)], '{true,false}', 'W7: until there is nothing left');
select is((select due_at from engine.chores where chore = 'decisions'), base.now() + interval '1 hour', 'W7: then it rests');
select base.decide('rate_limit', 'endpoint x', 'again', base.now() - interval '31 days') \g /dev/null
update base.decisions set first_at = base.now() - interval '31 days', last_at = base.now() - interval '31 days' \g /dev/null
update engine.chores set due_at = base.now() + case chore when 'events' then interval '-2 s' when 'decisions' then '-1 s' else '0 s' end \g /dev/null
select is(engine.take_chore(3, false), true, 'a chore with nothing to do is passed over');
select is(array(select chore from engine.chores where due_at > base.now()), '{events}', 'one with anything to do ends the step: the others stay due');

update engine.chores set due_at = base.now() \g /dev/null
select engine.take_chore(3, true) \g /dev/null
select is(array(select chore from engine.chores where due_at <= base.now()), '{verification}', 'E5: an idle engine writes nothing of verifications that are not due');
select engine.take_chore(3, false) \g /dev/null
select is((select due_at from engine.chores where chore = 'verification'), base.now() + interval '10 s', 'A13: a busy one looks for one every heartbeat');

insert into engine.workers (worker, started_at, seen_at) values ('gone', base.now() - interval '99 days', base.now() - interval '31 days'),
  ('here', base.now() - interval '99 days', base.now()) \g /dev/null
select is(engine.purge_workers(5), 1, 'W7: a worker that was not seen for a month is forgotten');
select is(array(select worker from engine.workers where worker in ('gone', 'here')), '{here}', 'E6: others are not');

select * from finish();
rollback;
