create or replace function ingest.explain_waiting_runs(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  -- Searched among the last ten runs of each list.
  select coalesce(jsonb_agg(ingest.report_run(w.run, 'needed by ') order by (w.run).run_id), '[]')
  from (
    select r.run
    from unnest(p_run.item_ids) as i
    cross join unnest(array['followers', 'following', 'posts']) as k
    cross join lateral (
      select l as run from ingest.runs as l where l.sync_kind = k and l.subject_id = i order by l.run_id desc limit 10
    ) as r
    where p_run.sync_kind = 'users' and (r.run).profile_run_id = p_run.run_id
    order by (r.run).run_id
    limit 10
  ) as w;
$$;
comment on function ingest.explain_waiting_runs(ingest.runs) is 'The runs that waited for a look at profiles, at most ten, as a list of reasons.';
