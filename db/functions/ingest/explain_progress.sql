create or replace function ingest.explain_progress(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  -- It has an open call, or waits for its subject's profile; a look-up waits for nobody, so this goes no deeper than one more run.
  select coalesce(
    (select jsonb_build_array(ingest.explain_call(call_id)) from ingest.calls where run_id = p_run.run_id and state in ('ready', 'claimed')),
    (select jsonb_build_array(ingest.report_run(r, 'waits for the profile of its subject: ', jsonb_build_array(ingest.explain_call(c.call_id))))
     from ingest.runs as r
     join ingest.calls as c on c.run_id = r.run_id and c.state in ('ready', 'claimed')
     where r.sync_kind = 'users' and r.status = 'in_progress' and p_run.status = 'in_progress' and p_run.subject_id = any (r.item_ids)
     order by r.run_id limit 1),
    '[]');
$$;
comment on function ingest.explain_progress(ingest.runs) is 'What a run in progress waits for, as a list of reasons: its call, or a look-up of its subject. Empty for one that has ended.';
