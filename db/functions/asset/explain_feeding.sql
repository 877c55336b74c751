create or replace function asset.explain_feeding(p_before asset.materializations, p_after asset.materializations)
  returns jsonb
  language sql
  stable
as $$
  with fed as materialized (
    select f.* from asset.feeding_runs(p_before, p_after) as f
  ), shown as (
    select r.run, f.has_changed, f.has_ended
    from fed as f
    cross join lateral (select x as run from ingest.runs as x where x.run_id = f.run_id limit 1) as r
    order by f.has_changed desc, f.run_id desc limit 10
  )
  select coalesce((
      select jsonb_agg(ingest.report_run(run, case when has_changed then 'fed by ' else 'confirmed by ' end)
                       || jsonb_build_object('has_changed', has_changed, 'has_ended', has_ended) order by (run).run_id)
      from shown), '[]')
    || case when (select count(*) from fed) > 10 then jsonb_build_array(base.build_reason('more', format(
         'fed or confirmed by %s runs in all; these are the last', (select count(*) from fed)))) else '[]' end;
$$;
comment on function asset.explain_feeding(asset.materializations, asset.materializations) is
  'The runs that fed a materialization, as a list of reasons: the last ten, first of all those that changed what it reads, and how many in all. has_ended: its end was awaited.';
