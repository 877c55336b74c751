create or replace function asset.metrics()
  returns table (metric text, labels jsonb, value numeric)
  language sql
  stable
as $$
  select 'materializations_total', jsonb '{}', base.last_drawn('asset.materializations_materialization_id_seq')::numeric
  union all
  select 'materialization_failures_total', '{}', base.last_drawn('asset.failures')
  union all
  select 'instances_queued', jsonb_build_object('work', work), count(*) from asset.queue group by work
  union all
  select m.metric, '{}', m.value
  from (select count(*) as due_count, coalesce(extract(epoch from base.now() - min(look_at)), 0) as due_age from asset.marks where look_at <= base.now()) as d
  cross join lateral (values ('marks_due', d.due_count), ('marks_due_age_seconds', d.due_age)) as m (metric, value);
$$;
comment on function asset.metrics() is 'What was materialized and what waits for a look, as metrics (base.metrics).';
