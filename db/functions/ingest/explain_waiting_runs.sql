create or replace function ingest.explain_waiting_runs(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  -- Of each subject's list, the last run before this one, if it was under way when this one began.
  select coalesce(jsonb_agg(ingest.report_run(w.run, 'needed by ') order by (w.run).run_id), '[]')
  from (
    select r.run
    from unnest(p_run.item_ids) as i
    cross join unnest(array['followers', 'following', 'posts']) as k
    cross join lateral (
      select l as run from ingest.runs as l where l.sync_kind = k and l.subject_id = i and l.run_id < p_run.run_id order by l.run_id desc limit 1
    ) as r
    where p_run.reason = 'profile' and ((r.run).completed_at is null or (r.run).completed_at >= p_run.started_at)
    order by (r.run).run_id
    limit 10
  ) as w;
$$;
comment on function ingest.explain_waiting_runs(ingest.runs) is 'The runs for whose sake profiles were looked up, at most ten, as a list of reasons.';
