create or replace function api.metrics()
  returns table (metric text, sort text, meaning text, labels jsonb, value numeric)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select m.metric, m.sort, m.meaning, v.labels, v.value
  from (
    select * from base.recent_decisions()
    union all
    select * from ingest.metrics()
    union all
    select * from asset.metrics()
    union all
    select * from engine.metrics()
  ) as v
  join base.metrics as m using (metric);
$$;
comment on function api.metrics() is 'What can be watched, as counters and gauges with labels; those of one name and none of another stand together only by chance. Cheap however long the past.';
