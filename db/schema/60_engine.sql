-- The engine: one bounded step after another, and who takes them.

set local role rookery_owner;

create schema engine;
comment on schema engine is 'The tick, and the workers that ask for it.';

create table engine.workers (
  worker text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  constraint workers_pkey primary key (worker),
  constraint worker_has_a_name check (worker ~ '\S')
) with (fillfactor = 50);
create sequence engine.ticks;
comment on sequence engine.ticks is 'How many ticks were taken. A sequence, because it counts without a lock and without a row version.';

comment on table engine.workers is 'Who ticks, and when they were seen last (touched at most every worker.heartbeat).';

create sequence engine.turns;
comment on sequence engine.turns is 'Counts the ticks that found webhook events to take in: of two, one takes them in and the other plans, so that neither starves.';

create table engine.chores (
  chore text not null,
  due_at timestamptz not null,
  constraint chores_pkey primary key (chore),
  constraint chore_is_known check (chore in ('verification', 'decisions', 'runs', 'events', 'workers'))
) with (fillfactor = 50);
comment on table engine.chores is 'What a tick does besides, one step of one of them when it is due: verification (A13), and clearing away what is kept for a while only (W7).';
insert into engine.chores (chore, due_at)
select chore, '-infinity' from unnest(array['verification', 'decisions', 'runs', 'events', 'workers']) as chore;
