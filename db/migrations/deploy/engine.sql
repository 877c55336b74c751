-- Deploy rookery:engine to pg

begin;
set local check_function_bodies = off;

-- source: db/schema/60_engine.sql
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

-- source: db/functions/engine/beat.sql
create or replace function engine.beat(p_worker text)
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into engine.workers as w (worker, started_at, seen_at)
  select p_worker, base.now(), base.now()
  where not exists (
    select from engine.workers where worker = p_worker and seen_at > base.now() - base.setting_interval('worker.heartbeat'))
  on conflict (worker) do update set seen_at = excluded.seen_at;
end;
$$;
comment on function engine.beat(text) is 'Notes that a worker is there, unless that was noted lately.';

-- source: db/functions/engine/checks.sql
create or replace function engine.checks(p_change text)
  returns table (check_name text, state text, says text, since_at timestamptz)
  language sql
  stable
as $$
  select 'schema', case when c.has then 'ok' when c.has is null then 'warning' else 'failing' end,
         case when c.has then format('change %s is deployed', p_change)
              when c.has is null then 'nobody keeps a registry of deployed changes here'
              else format('a migration is behind: change %s is not deployed; rookery db deploy does it', p_change) end, null::timestamptz
  from (select base.has_change(p_change) as has) as c
  where p_change is not null
  union all
  select 'worker', case when w.seen_at > base.now() - 6 * base.setting_interval('worker.heartbeat') then 'ok' else 'warning' end,
         case when w.seen_at > base.now() - 6 * base.setting_interval('worker.heartbeat') then 'a worker ticks'
              else format('no worker ticks: one was last seen %s', coalesce('at ' || nullif(base.format_time(w.seen_at), 'never'), 'never')) end, w.seen_at
  from (select max(seen_at) as seen_at from engine.workers) as w
  union all
  select 'provider', case when p.stopped_at is null then 'ok' else 'warning' end,
         case when p.stopped_at is null then format('%s sells', p.provider)
              else format('nothing is bought from %s since %s: %s', p.provider, base.format_time(p.stopped_at), a.meaning) end, p.stopped_at
  from ingest.providers as p left join ingest.answer_classes as a on a.answer_class = p.stopped_class
  union all
  (select d.decision_kind, 'warning', format('%s: %s', d.about, coalesce(a.meaning, d.reason)), d.first_at
   from base.decisions as d join base.decision_kinds as k using (decision_kind) left join ingest.answer_classes as a on a.answer_class = d.reason
   -- What has no end is news for a day.
   where k.needs_a_person and coalesce(d.until_at, d.last_at + interval '1 day') > base.now()
   order by d.last_at desc limit 20);
$$;
comment on function engine.checks(text) is 'What a person should know: see api.checks.';

-- source: db/functions/engine/claim.sql
create or replace function engine.claim(p_worker text, p_slots integer)
  returns jsonb
  language plpgsql
  volatile
as $$
begin
  perform ingest.record_held_calls();
  perform asset.assign_payers(greatest(p_slots, 100));
  if not ingest.has_ready_calls() then
    return jsonb '[]';
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object('call_id', call_id, 'method', method, 'path', path, 'query', query) order by call_id), '[]')
    from ingest.claim_calls(p_worker, p_slots));
end;
$$;
comment on function engine.claim(text, integer) is 'The calls that may go out now, as JSON.';

-- source: db/functions/engine/explain_instance.sql
create or replace function engine.explain_instance(p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select r.reason || case
    when w.seen_at > base.now() - 6 * base.setting_interval('worker.heartbeat') then '{}'
    else jsonb_build_object('because', jsonb_build_array(base.build_reason('worker',
      format('no worker ticks: one was last seen %s', coalesce('at ' || nullif(base.format_time(w.seen_at), 'never'), 'never')),
      jsonb_build_object('seen_at', w.seen_at))) || coalesce(r.reason -> 'because', '[]')) end
  from asset.explain_wait(p_instance_id, 4) as r (reason)
  cross join (select max(seen_at) as seen_at from engine.workers) as w;
$$;
comment on function engine.explain_instance(bigint) is 'Why an instance does not move, as a reason, first of all that nobody ticks, if that is so. RK004 for an unknown one.';

-- source: db/functions/engine/look_up_users.sql
create or replace function engine.look_up_users(p_names text[])
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_handles constant text[] := array(select handle from ingest.find_users(p_names) where user_id is null);
  v_obstacle text;
begin
  if v_handles = '{}' then
    return '{}'::bigint[];
  end if;
  v_obstacle := engine.say_unattended();
  if v_obstacle is not null then
    raise exception 'nobody here is known as @%, and nobody would ask X now: %', v_handles[1], v_obstacle
      using errcode = 'RK051', hint = 'Give the id, or mend that: start a worker, and say provider_resume once X sells again.';
  end if;
  return ingest.start_handle_lookups(v_handles, 'requested');
end;
$$;
comment on function engine.look_up_users(text[]) is
  'Has X asked for those of these users who are not known here; returns the runs, none when all are. Errors RK011, RK018, RK051.';

-- source: db/functions/engine/metrics.sql
create or replace function engine.metrics()
  returns table (metric text, labels jsonb, value numeric)
  language sql
  stable
as $$
  select 'ticks_total', jsonb '{}', base.last_drawn('engine.ticks')::numeric
  union all
  select 'workers', '{}', count(*) from engine.workers where seen_at > base.now() - 6 * base.setting_interval('worker.heartbeat')
  union all
  select 'worker_seen_age_seconds', '{}', extract(epoch from base.now() - max(seen_at)) from engine.workers having count(*) > 0;
$$;
comment on function engine.metrics() is 'Who ticks, and how often, as metrics (base.metrics).';

-- source: db/functions/engine/next_at.sql
create or replace function engine.next_at(p_counts_calls boolean)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  return (
    select greatest(base.now(), least(
      base.now() + base.setting_interval('worker.heartbeat'),
      (select min(look_at) from asset.marks where look_at <= base.now() + base.setting_interval('worker.heartbeat')),
      ingest.next_event_at(),
      ingest.next_work_at(p_counts_calls))));
end;
$$;
comment on function engine.next_at(boolean) is 'When the next tick can do something, at most a heartbeat ahead (E2). Calls that could go out count only for those who take calls.';

-- source: db/functions/engine/plan.sql
create or replace function engine.plan(p_deadline timestamptz, out done jsonb, out again boolean)
  language plpgsql
  volatile
as $$
declare
  v_limit constant integer := base.setting_integer('tick.items');
  v_step_count integer;
  v_completion_count integer;
  v_run_count integer;
  v_instance_ids bigint[];
  v_instance_id bigint;
  v_results text[] := array[]::text[];
begin
  again := asset.take_changes(base.setting_integer('tick.changes'));
  perform asset.follow_sources();
  -- Half of the time at most, so that a large fanout holds up no instance that is there.
  v_step_count := engine.take_steps(v_limit, p_deadline - base.setting_interval('tick.budget') / 2);
  v_completion_count := asset.take_completions(v_limit);
  v_run_count := ingest.plan_runs(v_limit);
  perform ingest.tend_waiting_runs();
  again := again or exists (select from asset.fanout_steps) or v_completion_count = v_limit or v_run_count = v_limit;

  <<rounds>>
  loop
    -- What one round changes is looked at in the next: an instance is marked only by what is less deep.
    v_instance_ids := asset.due_instances(v_limit);
    exit rounds when v_instance_ids = '{}';
    foreach v_instance_id in array v_instance_ids loop
      -- Elapsed time, hence the wall clock.
      if pg_catalog.clock_timestamp() >= p_deadline or cardinality(v_results) >= v_limit then
        again := true;
        exit rounds;
      end if;
      v_results := v_results || asset.look_at_instance(v_instance_id);
    end loop;
  end loop;
  again := again or v_results && array['queued', 'unsound'] or exists (select from asset.moved_sources);
  again := engine.take_chore(v_limit, not again and v_results = '{}') or again;
  done := jsonb_build_object('runs_planned', v_run_count, 'fanout_steps', v_step_count, 'syncs_ended', v_completion_count) || engine.tally(v_results);
end;
$$;
comment on function engine.plan(timestamptz) is 'Reads what has happened, starts the syncs that are due, looks at the instances that are marked, and takes a step of a chore. The caller is the planner.';

-- source: db/functions/engine/purge_workers.sql
create or replace function engine.purge_workers(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_count integer;
begin
  delete from engine.workers
  where worker in (
    select worker from engine.workers where seen_at < base.now() - base.setting_interval('retention.decisions') order by seen_at limit p_limit);
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function engine.purge_workers(integer) is 'Forgets workers that were not seen for retention.decisions, at most p_limit; returns how many.';

-- source: db/functions/engine/report_progress.sql
create or replace function engine.report_progress(p_run_ids bigint[])
  returns table (
    run_id bigint, sync_kind text, subject_id bigint, mode text, status text, pages integer, resources bigint, expected bigint, expected_pages bigint,
    cost_usd numeric, says text)
  language plpgsql
  stable
as $$
declare
  v_obstacle constant text := engine.say_unattended();
  v_unknown_id bigint;
begin
  select i into v_unknown_id from unnest(p_run_ids) as i where not exists (select from ingest.runs as r where r.run_id = i) limit 1;
  if found then
    raise exception 'there is no run %', coalesce(v_unknown_id::text, 'null')
      using errcode = 'RK017', hint = 'select * from api.runs; lists them.';
  end if;
  return query
    select r.run_id, r.sync_kind, r.subject_id, r.mode, r.status, r.page_count, r.resource_count, r.expected_count,
           case when r.expected_count is not null then greatest(ceil(r.expected_count::numeric / r.page_size)::bigint, 1) end, r.cost_usd,
           case r.status
             when 'in_progress' then coalesce(v_obstacle, ingest.explain_progress(r) #>> '{0,says}')
             when 'error' then ingest.explain_error(r)
             else r.status end
    from ingest.runs as r
    where r.run_id = any (p_run_ids)
    order by r.run_id;
end;
$$;
comment on function engine.report_progress(bigint[]) is 'How far runs are, and what those in progress wait for: see api.run_progress. Error RK017.';

-- source: db/functions/engine/say_unattended.sql
create or replace function engine.say_unattended()
  returns text
  language sql
  stable
as $$
  select string_agg(says, '; ' order by check_name desc) from engine.checks(null) where check_name in ('worker', 'provider') and state <> 'ok';
$$;
comment on function engine.say_unattended() is 'Why nothing would be bought now: no worker ticks, or the provider does not sell (engine.checks); null when both do.';

-- source: db/functions/engine/step.sql
create or replace function engine.step(p_worker text, p_slots integer)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  -- Elapsed time, hence the wall clock.
  v_deadline constant timestamptz := pg_catalog.clock_timestamp() + base.setting_interval('tick.budget');
  v_done jsonb;
  v_calls jsonb := jsonb '[]';
  v_again boolean := true;
  v_reaped_count integer;
  v_plans boolean := true;
  v_events record;
begin
  -- A tick that takes events in holds the lock of the graph, and so does nothing else.
  v_events := engine.take_events(v_deadline);
  if v_events.taken_count is not null then
    return jsonb_build_object('done', engine.tally('{}') || jsonb_build_object('events_taken', v_events.taken_count, 'calls_claimed', 0),
                              'calls', v_calls, 'again', true, 'now', base.now(), 'next_at', base.now());
  end if;
  -- What reads everything may take long: it is all that its tick does, and holds nothing that others need.
  v_done := engine.tally(asset.work_off_queue(v_deadline));
  if v_done ->> 'instances_looked_at' = '0' then
    perform engine.beat(p_worker);
    v_reaped_count := ingest.reap_calls();
    v_plans := asset.try_planner();
    if v_plans then
      select p.done, p.again into v_done, v_again from engine.plan(v_deadline) as p;
    else
      v_again := false;
    end if;
    v_done := v_done || jsonb_build_object('leases_reaped', v_reaped_count);
    if p_slots > 0 and pg_catalog.clock_timestamp() < v_deadline then
      v_calls := engine.claim(p_worker, p_slots);
    end if;
  end if;
  v_again := v_again or v_events.is_passed;
  return jsonb_build_object(
    'done', v_done || jsonb_build_object('calls_claimed', jsonb_array_length(v_calls)),
    'calls', v_calls,
    'again', v_again,
    'now', base.now(),
    'next_at', case when v_again then base.now()
                    when v_plans then engine.next_at(p_slots > jsonb_array_length(v_calls))
                    -- Another worker plans just now: what is due is in its hands, but it may not have seen what this one did before.
                    else base.now() + interval '100 ms' end);
end;
$$;
comment on function engine.step(text, integer) is 'What a tick does (E1): {done, calls, again, now, next_at}, see api.engine_tick.';

-- source: db/functions/engine/take_chore.sql
create or replace function engine.take_chore(p_limit integer, p_is_idle boolean)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_chore engine.chores;
  v_has_more boolean := false;
begin
  -- An idle engine verifies whatever is due; a busy one now and then.
  for v_chore in
    select * from engine.chores where due_at <= base.now() or (p_is_idle and chore = 'verification') order by due_at, chore
  loop
    v_has_more := case v_chore.chore
      when 'verification' then asset.queue_due_verification()
      when 'decisions' then base.purge_decisions(p_limit) > 0
      when 'events' then ingest.purge_events(p_limit) > 0
      when 'workers' then engine.purge_workers(p_limit) > 0
      -- Runs go after their calls.
      when 'runs' then ingest.purge_calls(p_limit) > 0 or ingest.purge_runs(p_limit) > 0
    end;
    update engine.chores set due_at = base.now() + case
      when v_chore.chore = 'verification' then base.setting_interval('worker.heartbeat')
      when v_has_more then interval '0'
      else interval '1 hour' end
    where chore = v_chore.chore and due_at <= base.now();
    exit when v_has_more;
  end loop;
  return v_has_more;
end;
$$;
comment on function engine.take_chore(integer, boolean) is
  'Takes one bounded step of the chore that is due first and has anything to do (A13, W7); returns whether there may be more at once. The caller is the planner.';

-- source: db/functions/engine/take_events.sql
create or replace function engine.take_events(p_deadline timestamptz, out taken_count integer, out is_passed boolean)
  language plpgsql
  volatile
as $$
begin
  is_passed := false;
  if not ingest.has_due_events() then
    return;
  end if;
  is_passed := nextval('engine.turns') % 2 = 0;
  if not is_passed and graph.try_writer() then
    taken_count := ingest.take_events(base.setting_integer('tick.events'), p_deadline);
  end if;
end;
$$;
comment on function engine.take_events(timestamptz) is
  'Takes webhook events in, if there are any and it is their turn; returns how many, or null. is_passed: there are, and the next tick may take them. Takes the lock of the graph, so nothing long may follow.';

-- source: db/functions/engine/take_steps.sql
create or replace function engine.take_steps(p_limit integer, p_deadline timestamptz)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_batch constant integer := 20;
  v_taken_count integer;
  v_step_count integer := 0;
begin
  -- Mostly there are none, and an idle tick pays for what it asks.
  if not exists (select from asset.fanout_steps) then
    return 0;
  end if;
  loop
    v_taken_count := asset.take_fanout_steps(least(v_batch, p_limit - v_step_count));
    v_step_count := v_step_count + v_taken_count;
    -- Elapsed time, hence the wall clock.
    exit when v_taken_count < v_batch or v_step_count >= p_limit or pg_catalog.clock_timestamp() >= p_deadline;
  end loop;
  return v_step_count;
end;
$$;
comment on function engine.take_steps(integer, timestamptz) is 'Takes steps of fanouts, a few at a time, until the limit or the deadline; returns how many. The caller is the planner.';

-- source: db/functions/engine/tally.sql
create or replace function engine.tally(p_results text[])
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  return (
    select jsonb_build_object(
      'instances_looked_at', cardinality(p_results),
      'materialized', count(*) filter (where r = 'success'),
      'materializations_failed', count(*) filter (where r = 'error'),
      'instances_waiting', count(*) filter (where r = 'waiting'),
      'verified', count(*) filter (where r in ('verified', 'repaired')),
      'repaired', count(*) filter (where r = 'repaired'))
    from unnest(p_results) as r);
end;
$$;
comment on function engine.tally(text[]) is 'Counts of what looks at instances led to.';

-- source: db/functions/engine/tick.sql
create or replace function engine.tick(p_worker text, p_slots integer)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_result jsonb := jsonb '{"decisions": [], "materializations": []}';
begin
  perform base.forget_notes();
  v_result := v_result || jsonb_build_object('tick_id', nextval('engine.ticks')) || engine.step(p_worker, p_slots);
  -- A statement of its own: it sees what the step wrote.
  return v_result || base.report_decisions() || asset.report_done();
end;
$$;
comment on function engine.tick(text, integer) is 'One bounded step (E1), with a number, and with what was decided and materialized in it: see api.engine_tick.';

commit;
