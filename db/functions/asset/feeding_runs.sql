create or replace function asset.feeding_runs(p_before asset.materializations, p_after asset.materializations)
  returns table (run_id bigint, has_changed boolean, has_ended boolean)
  language sql
  stable
as $$
  -- Those that gave cause; and those in the logs of what it needs now, where 20,000 rows at the most are read.
  with needs as materialized (
    select sync_kind, subject_id from ingest.needs where consumer_id = p_after.instance_id order by consumer_id, sync_kind, subject_id limit 100
  ), fed as (
    select (c.cause ->> 'id')::bigint as run_id, c.cause ->> 'cause' as cause
    from jsonb_array_elements(p_after.causes) as c (cause)
    where c.cause ->> 'cause' in ('run', 'change') and c.cause ? 'id'
    union all
    select l.run_id, 'change'
    from needs as n
    cross join lateral graph.changes_of_list(n.sync_kind, n.subject_id, coalesce(p_before.read_revision, 0), p_after.read_revision,
                                             (20000 / (select count(*) from needs))::integer) as l
    where l.run_id is not null and (n.sync_kind <> 'users' or l.change = 'added')
  )
  select run_id, bool_or(cause = 'change'), bool_or(cause = 'run') from fed group by run_id;
$$;
comment on function asset.feeding_runs(asset.materializations, asset.materializations) is
  'The runs that fed a materialization (A12): that changed what it reads, or that were needed and ended. Since the marks, these are all; from before an instance was wanted, as many as 20,000 rows of the logs tell of what it needs now.';
