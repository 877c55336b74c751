-- Verify rookery:engine on pg

begin;
select 'engine'::regnamespace;
select from engine.workers where false;
select 'engine.beat'::regproc;
select 'engine.claim'::regproc;
select 'engine.explain_instance'::regproc;
select 'engine.next_at'::regproc;
select 'engine.plan'::regproc;
select 'engine.take_steps'::regproc;
select 'engine.tally'::regproc;
select 'engine.tick'::regproc;
rollback;
