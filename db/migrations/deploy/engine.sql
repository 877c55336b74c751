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

-- source: db/functions/engine/check_clock.sql
create or replace function engine.check_clock(p_clock timestamptz)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'clock', case when abs(c.ahead) > 5 then 'warning' else 'ok' end,
         case when abs(c.ahead) > 5 then format('the clock here is %s seconds %s that of the database', round(abs(c.ahead)), case when c.ahead > 0 then 'ahead of' else 'behind' end)
              else 'the clock here and that of the database agree' end,
         case when abs(c.ahead) > 5 then 'have both machines follow a time server: leases and rate windows go by the clock of the database' end, null::timestamptz
  from (select extract(epoch from p_clock - base.now()) as ahead) as c;
$$;
comment on function engine.check_clock(timestamptz) is 'Whether another machine''s clock agrees with this one''s to five seconds: see api.doctor.';

-- source: db/functions/engine/check_logins.sql
create or replace function engine.check_logins(p_logins jsonb)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with logins as (
    select l.login, w.called, w.wanted, r.oid, r.rolsuper, coalesce(pg_has_role(r.oid, w.wanted, 'member'), false) as has_it,
           (select string_agg(o.rolname, ', ' order by o.rolname) from pg_catalog.pg_roles as o
            where o.rolname in ('rookery_owner', 'rookery_worker', 'rookery_web', 'rookery_operator', 'rookery_reader')
              and o.rolname <> w.wanted and pg_has_role(r.oid, o.oid, 'member')) as others
    from jsonb_to_recordset(p_logins) as l (process text, login text)
    join (values (1, 'worker', 'the worker', 'rookery_worker'), (2, 'web', 'the web process', 'rookery_web'), (3, 'operator', 'commands', 'rookery_operator'),
                 (4, 'deploy', 'deploying', 'rookery_owner')) as w (place, process, called, wanted) using (process)
    left join pg_catalog.pg_roles as r on r.rolname = l.login
    order by w.place
  ), judged as (
    select *, case when not has_it then 'failing' when wanted <> 'rookery_owner' and others is not null then 'warning' else 'ok' end as state
    from logins
  )
  select 'login', j.state,
         format('the login for %s is %s%s', j.called, j.login,
                case when j.oid is null then ', which is no role here' when not j.has_it then format(', which lacks the role %s', j.wanted)
                     when j.state = 'ok' then '' when j.rolsuper then ', a superuser: nothing keeps it from anything'
                     else format(', which also has %s', j.others) end),
         case j.state when 'failing' then format('grant %s to %s, or log in as somebody who has that role', j.wanted, j.login)
                      when 'warning' then format('log in as %s, or as somebody who has that role and no other', j.wanted) end, null::timestamptz
  from judged as j;
$$;
comment on function engine.check_logins(jsonb) is 'Whether each process, [{process, login}], logs in as somebody who may do its work and nothing else (W5): see api.doctor.';

-- source: db/functions/engine/check_plan.sql
create or replace function engine.check_plan(p_plan jsonb)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with planned as (
    select * from jsonb_to_recordset(p_plan) as p (change_id text, change text, script_hash text)
  ), deployed as (
    select * from jsonb_to_recordset(base.deployed_changes()) as d (change_id text, change text, script_hash text)
  ), compared as (
    select coalesce(p.change, d.change) as change,
           case when d.change_id is null then 'pending' when p.change_id is null then 'unknown'
                when d.script_hash <> p.script_hash then 'edited' end as differs
    from planned as p full join deployed as d using (change_id)
  ), found as (
    select differs, string_agg(change, ', ' order by change) as changes, count(*) = 1 as is_one from compared group by differs
  )
  select 'schema', case when f.differs = 'unknown' then 'warning' else 'failing' end,
         case f.differs
           when 'pending' then format('a migration is behind: change%s not deployed', case when f.is_one then ' ' || f.changes || ' is' else 's ' || f.changes || ' are' end)
           when 'unknown' then format('the database is ahead: the plan of this version does not have %s', f.changes)
           else format('%s edited after the deployment: the database has it as it was', case when f.is_one then f.changes || ' was' else f.changes || ' were' end) end,
         case f.differs
           when 'pending' then 'rookery db deploy'
           when 'unknown' then 'use the version that deployed it, or a newer one'
           else 'put the script back as it was deployed, and make what it was to change a change of its own' end, null::timestamptz
  from found as f
  where f.differs is not null
  union all
  select 'schema', 'ok', format('all %s changes of the plan are deployed', (select count(*) from planned)), null, null
  where not exists (select from compared where differs is not null);
$$;
comment on function engine.check_plan(jsonb) is 'How the plan that is given, [{change_id, change, script_hash}], and the deployed one differ: see api.doctor.';

-- source: db/functions/engine/check_roles.sql
create or replace function engine.check_roles()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with excessive as (
    select r.rolname as role, x.attribute, x.mended
    from pg_catalog.pg_roles as r
    cross join lateral (values
      (r.rolsuper, 'is a superuser', 'nosuperuser'), (r.rolcreaterole, 'makes roles', 'nocreaterole'), (r.rolcreatedb, 'makes databases', 'nocreatedb'),
      (r.rolbypassrls, 'goes past row security', 'nobypassrls'), (r.rolreplication, 'may replicate', 'noreplication'),
      (r.rolname = 'rookery_owner' and r.rolcanlogin, 'logs in', 'nologin')) as x (is_so, attribute, mended)
    where r.rolname in ('rookery_owner', 'rookery_worker', 'rookery_web', 'rookery_operator', 'rookery_reader') and x.is_so
  )
  select 'role', 'warning', format('%s %s', e.role, string_agg(e.attribute, ', ')), format('alter role %I %s', e.role, string_agg(e.mended, ' ')), null::timestamptz
  from excessive as e
  group by e.role
  union all
  select 'role', 'ok', 'no role may do more than its work', null, null
  where not exists (select from excessive);
$$;
comment on function engine.check_roles() is 'Whether a role of ours was given more than its work needs (W5): see api.doctor.';

-- source: db/functions/engine/check_tables.sql
create or replace function engine.check_tables()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with tables as materialized (
    select format('%I.%I', room, table_name) as name, t.*,
           t.dead_count > greatest(3 * t.vacuum_after, 10000) as is_bloated,
           -- By then vacuum freezes a table by itself, whatever else is set.
           t.transaction_age > 1.5 * current_setting('autovacuum_freeze_max_age')::bigint as is_aged
    from engine.table_sizes() as t
    where t.table_name is not null
  )
  select 'vacuum', 'warning', 'autovacuum is off: tables will grow without end', 'alter system set autovacuum = on; select pg_reload_conf();', null::timestamptz
  where current_setting('autovacuum') <> 'on'
  union all
  select 'vacuum', 'warning',
         case when is_aged then format('%s was not frozen for %s transactions', name, to_char(transaction_age, 'FM999,999,999,999'))
              else format('%s is bloated: %s dead rows beside %s, vacuumed %s', name, to_char(dead_count, 'FM999,999,999,999'), to_char(row_count, 'FM999,999,999,999'),
                          base.format_time(vacuumed_at)) end,
         format('vacuum %s%s, as its owner; then see what keeps autovacuum from it: a transaction left open, a prepared one, a replication slot',
                case when is_aged then '(freeze) ' else '' end, name), vacuumed_at
  from tables
  where is_bloated or is_aged
  union all
  select 'vacuum', 'ok', format('no table is bloated; the database takes %s, most of it in %s', pg_size_pretty(sum(total_bytes)), (array_agg(name order by total_bytes desc))[1]),
         null, null
  from tables
  having not bool_or(is_bloated or is_aged) and current_setting('autovacuum') = 'on';
$$;
comment on function engine.check_tables() is
  'Whether autovacuum keeps up: dead rows beyond three times what it waits for, and ten thousand at least, or a table that was not frozen for too long. See api.doctor.';

-- source: db/functions/engine/check_work.sql
create or replace function engine.check_work()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'work', case when w.is_late then 'warning' else 'ok' end,
         case when w.is_late then format('work is overdue: %s was due at %s', w.about, base.format_time(w.due_at))
              when w.due_at is not null then format('the oldest due work, %s, was due at %s', w.about, base.format_time(w.due_at))
              else 'nothing is due' end,
         case when w.is_late then 'rookery decision list says what is held back, and why; if nothing is, start more workers' end, w.due_at
  from (select 1) as one
  left join lateral (
    select d.about, d.due_at, d.due_at < base.now() - base.setting_interval('work.overdue') as is_late
    from (select * from ingest.oldest_work() union all select * from asset.oldest_work()) as d
    order by d.due_at limit 1) as w on true;
$$;
comment on function engine.check_work() is 'What is due longest, and whether that is too long (work.overdue): see api.checks.';

-- source: db/functions/engine/check_worker.sql
create or replace function engine.check_worker()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'worker', case when w.ticks then 'ok' else 'warning' end,
         case when w.ticks then 'a worker ticks'
              when w.seen_at is null then 'no worker ticks: none ever has'
              else format('no worker ticks: one was last seen at %s', base.format_time(w.seen_at)) end,
         case when not w.ticks then 'start one: rookery worker' end, w.seen_at
  from (select max(seen_at) as seen_at, coalesce(max(seen_at) > base.now() - 6 * base.setting_interval('worker.heartbeat'), false) as ticks
        from engine.workers) as w;
$$;
comment on function engine.check_worker() is 'Whether anybody ticks: see api.checks.';

-- source: db/functions/engine/checks.sql
create or replace function engine.checks(p_change text)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'schema', case when c.has then 'ok' when c.has is null then 'warning' else 'failing' end,
         case when c.has then format('change %s is deployed', p_change)
              when c.has is null then 'nobody keeps a registry of deployed changes here'
              else format('a migration is behind: change %s is not deployed', p_change) end,
         case when c.has then null when c.has is null then 'deploy with rookery db deploy, or with sqitch' else 'rookery db deploy' end, null::timestamptz
  from (select base.has_change(p_change) as has) as c
  where p_change is not null
  union all
  select * from engine.check_worker()
  union all
  select * from ingest.checks()
  union all
  select * from engine.check_work();
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

-- source: db/functions/engine/doctor.sql
create or replace function engine.doctor(p_plan jsonb, p_logins jsonb, p_clock timestamptz)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select * from engine.check_plan(p_plan) where p_plan is not null
  union all
  select * from engine.check_clock(p_clock) where p_clock is not null
  union all
  select * from engine.check_logins(p_logins) where p_logins is not null
  union all
  select * from engine.check_roles()
  union all
  select * from engine.checks(null)
  union all
  select * from engine.check_tables();
$$;
comment on function engine.doctor(jsonb, jsonb, timestamptz) is 'See api.doctor.';

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
  v_locked_ids bigint[] := array[]::bigint[];
  v_results text[] := array[]::text[];
begin
  again := asset.take_changes(base.setting_integer('tick.changes'));
  perform asset.take_moves();
  -- Half of the time at most, so that a large fanout holds up no instance that is there.
  v_step_count := engine.take_steps(v_limit, p_deadline - base.setting_interval('tick.budget') / 2);
  v_completion_count := asset.take_completions(v_limit);
  v_run_count := ingest.plan_runs(v_limit);
  perform ingest.tend_waiting_runs();
  again := again or v_completion_count = v_limit or v_run_count = v_limit;

  <<rounds>>
  loop
    -- What one round changes is looked at in the next: an instance is marked only by what is less deep.
    perform asset.take_moves();
    v_instance_ids := asset.due_instances(v_limit);
    -- The marks of one that somebody else has in hand may stay due.
    exit rounds when v_instance_ids <@ v_locked_ids;
    foreach v_instance_id in array v_instance_ids loop
      -- Elapsed time, hence the wall clock. One is looked at in any case: else who plans for longer than the budget would never get to it.
      if cardinality(v_results) > 0 and pg_catalog.clock_timestamp() >= p_deadline or cardinality(v_results) >= v_limit then
        again := true;
        exit rounds;
      end if;
      v_results := v_results || asset.look_at_instance(v_instance_id);
      if v_results[cardinality(v_results)] = 'locked' then
        v_locked_ids := v_locked_ids || v_instance_id;
      end if;
    end loop;
  end loop;
  again := again or v_results && array['queued', 'unsound'] or exists (select from asset.moves) or exists (select from asset.fanout_steps);
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
  where worker = any (array(
    select worker from engine.workers where seen_at < base.now() - base.setting_interval('retention.decisions') order by seen_at limit p_limit for update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function engine.purge_workers(integer) is 'Forgets workers that were not seen for retention.decisions, at most p_limit; returns how many.';

-- source: db/functions/engine/report_progress.sql
create or replace function engine.report_progress(p_run_ids bigint[])
  returns table (
    run_id bigint, sync_kind text, subject_id bigint, mode text, status text, pages integer, resources bigint, expected bigint, expected_pages bigint,
    cost_usd numeric, attended boolean, says text)
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
           case when r.expected_count is not null then greatest(ceil(r.expected_count::numeric / r.page_size)::bigint, 1) end,
           r.cost_usd, v_obstacle is null,
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
  perform engine.beat(p_worker);
  if v_done ->> 'instances_looked_at' = '0' then
    v_reaped_count := ingest.reap_calls();
    v_plans := asset.try_planner();
    if v_plans then
      select p.done, p.again into v_done, v_again from engine.plan(v_deadline) as p;
    else
      v_again := false;
    end if;
    v_done := v_done || jsonb_build_object('leases_reaped', v_reaped_count);
    -- Leases count from the start of the tick: after a long one the next hands out what may go.
    if p_slots > 0 and pg_catalog.clock_timestamp() < v_deadline + base.setting_interval('call.lease') / 5 then
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

-- source: db/functions/engine/table_sizes.sql
create or replace function engine.table_sizes()
  returns table (room text, table_name text, row_count bigint, dead_count bigint, total_bytes bigint, table_bytes bigint, index_bytes bigint, toast_bytes bigint,
                 vacuumed_at timestamptz, analyzed_at timestamptz, vacuum_after bigint, transaction_age bigint)
  language sql
  stable
as $$
  with tables as (
    select c.relnamespace::regnamespace::text as room, c.relname::text as table_name, greatest(c.reltuples::bigint, s.n_live_tup, 0) as row_count,
           coalesce(s.n_dead_tup, 0) as dead_count,
           pg_table_size(c.oid) - t.toast_bytes as table_bytes, pg_indexes_size(c.oid) as index_bytes, t.toast_bytes,
           greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at, greatest(s.last_analyze, s.last_autoanalyze) as analyzed_at,
           o.threshold + (o.factor * greatest(c.reltuples, 0))::bigint as vacuum_after, age(c.relfrozenxid)::bigint as transaction_age
    from pg_catalog.pg_class as c
    left join pg_catalog.pg_stat_all_tables as s on s.relid = c.oid
    cross join lateral (select coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) as toast_bytes) as t
    cross join lateral (
      select coalesce(max(option_value) filter (where option_name = 'autovacuum_vacuum_threshold'), current_setting('autovacuum_vacuum_threshold'))::bigint as threshold,
             coalesce(max(option_value) filter (where option_name = 'autovacuum_vacuum_scale_factor'),
                      current_setting('autovacuum_vacuum_scale_factor'))::double precision as factor
      from pg_options_to_table(c.reloptions)) as o
    where c.relkind = 'r' and c.relnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine')
  )
  select room, table_name, sum(row_count)::bigint, sum(dead_count)::bigint, sum(table_bytes + index_bytes + toast_bytes)::bigint, sum(table_bytes)::bigint,
         sum(index_bytes)::bigint, sum(toast_bytes)::bigint,
         case when table_name is not null then max(vacuumed_at) end, case when table_name is not null then max(analyzed_at) end,
         case when table_name is not null then max(vacuum_after) end, max(transaction_age)
  from tables
  group by rollup (room, table_name)
  order by array_position(array['base', 'graph', 'ingest', 'asset', 'engine'], room) nulls last, grouping(table_name) desc, 5 desc, table_name;
$$;
comment on function engine.table_sizes() is 'See api.table_sizes.';

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
  -- An idle engine verifies whatever is due, and writes nothing of that; a busy one now and then.
  if p_is_idle and asset.queue_due_verification() then
    return true;
  end if;
  for v_chore in
    select * from engine.chores where due_at <= base.now() and not (p_is_idle and chore = 'verification') order by due_at, chore
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
    where chore = v_chore.chore;
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
  v_result := v_result || base.report_decisions() || asset.report_done();
  if jsonb '[]' <> any (array[v_result -> 'decisions', v_result -> 'materializations', v_result -> 'calls']) then
    perform base.announce();
  end if;
  return v_result;
end;
$$;
comment on function engine.tick(text, integer) is 'One bounded step (E1), with a number, and with what was decided and materialized in it: see api.engine_tick.';

commit;
