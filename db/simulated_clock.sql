-- A clock that a test or the demo sets. For throwaway databases only: it replaces the body of base.now().

create schema simulation;
comment on schema simulation is 'The clock of this throwaway database, in place of the real one.';
grant usage on schema simulation to public;

create table simulation.clock (
  is_only_row boolean not null default true,
  reads_at timestamptz not null,
  constraint clock_pkey primary key (is_only_row),
  constraint there_is_one_clock check (is_only_row)
);
comment on table simulation.clock is 'What base.now() answers.';
grant select on simulation.clock to public;
insert into simulation.clock (reads_at) values ('2026-03-02T00:00:00Z');

create function simulation.set_now(p_at timestamptz)
  returns timestamptz
  language sql
  volatile
as $$
  update simulation.clock set reads_at = p_at returning reads_at;
$$;
comment on function simulation.set_now(timestamptz) is 'Sets the clock.';

create function simulation.advance(p_by interval)
  returns timestamptz
  language sql
  volatile
as $$
  update simulation.clock set reads_at = reads_at + p_by returning reads_at;
$$;
comment on function simulation.advance(interval) is 'Moves the clock on.';

create or replace function base.now()
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  -- Not SQL, though one statement says it: that would be planned anew at each of the thousands of calls a second.
  return (select reads_at from simulation.clock);
end;
$$;
