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
