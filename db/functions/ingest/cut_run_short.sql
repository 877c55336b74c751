create or replace function ingest.cut_run_short(p_run ingest.runs, p_reason text)
  returns void
  language plpgsql
  volatile
as $$
begin
  perform base.decide('run_cut_short', p_run.sync_kind || ' of ' || coalesce(p_run.subject_id::text, 'a batch'), p_reason, null,
                      jsonb_build_object('run_id', p_run.run_id, 'mode', p_run.mode, 'pages', p_run.page_count, 'resources', p_run.resource_count));
  -- What lies behind the last page is still unread: the next poll begins where this one did.
  p_run.newest_id := null;
  perform ingest.finish_run(p_run, false, false);
end;
$$;
comment on function ingest.cut_run_short(ingest.runs, text) is
  'Ends a run that cannot come to the end of its list: what it brought stays, nothing is deleted, and it does not count as a full look (I2).';
