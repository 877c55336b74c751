create or replace function ingest.reschedule_all()
  returns void
  language sql
  volatile
as $$
  select ingest.reschedule(n.sync_kind, array_agg(distinct n.subject_id)) from ingest.needs as n group by n.sync_kind;
$$;
comment on function ingest.reschedule_all() is 'Moves every due time, after a window of freshness was set anew.';
