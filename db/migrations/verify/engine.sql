-- Verify rookery:engine on pg

begin;
select 'engine'::regnamespace;
select from engine.workers where false;
select 'engine.ticks'::regclass;
select 'engine.turns'::regclass;
select from engine.chores where false;
select 'engine.beat'::regproc;
select 'engine.checks'::regproc;
select 'engine.claim'::regproc;
select 'engine.explain_instance'::regproc;
select 'engine.look_up_users'::regproc;
select 'engine.metrics'::regproc;
select 'engine.next_at'::regproc;
select 'engine.plan'::regproc;
select 'engine.purge_workers'::regproc;
select 'engine.report_progress'::regproc;
select 'engine.say_unattended'::regproc;
select 'engine.step'::regproc;
select 'engine.take_chore'::regproc;
select 'engine.take_events'::regproc;
select 'engine.take_steps'::regproc;
select 'engine.tally'::regproc;
select 'engine.tick'::regproc;
rollback;
