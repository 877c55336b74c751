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
