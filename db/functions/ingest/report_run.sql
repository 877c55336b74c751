create or replace function ingest.report_run(p_run ingest.runs, p_prefix text default '', p_because jsonb default null)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('run',
    p_prefix || ingest.name_run(p_run) || ': ' || concat_ws(', ', p_run.reason, p_run.mode, replace(p_run.status, '_', ' '),
      'pages ' || nullif(p_run.page_count, 0), 'resources ' || nullif(p_run.resource_count, 0), 'USD ' || trim_scale(nullif(p_run.cost_usd, 0)),
      'changed ' || nullif(p_run.changed_count, 0), 'removed ' || nullif(p_run.removed_count, 0)),
    jsonb_strip_nulls(jsonb_build_object(
      'run_id', p_run.run_id, 'sync_kind', p_run.sync_kind, 'subject_id', p_run.subject_id::text,
      'item_ids', (select jsonb_agg(i::text) from unnest(p_run.item_ids) as i), 'handles', to_jsonb(p_run.handles),
      'mode', p_run.mode, 'reason', p_run.reason, 'status', p_run.status, 'cursor_exhausted', p_run.cursor_exhausted,
      'pages', p_run.page_count, 'resources', p_run.resource_count, 'cost_usd', p_run.cost_usd, 'changed', p_run.changed_count,
      'removed', p_run.removed_count, 'rejected', p_run.rejected_count, 'restarts', p_run.restart_count,
      'http_status', p_run.http_status, 'error_class', p_run.error_class, 'error_detail', p_run.error_detail, 'retry_at', p_run.retry_at,
      'started_at', p_run.started_at, 'completed_at', p_run.completed_at)),
    p_because);
$$;
comment on function ingest.report_run(ingest.runs, text, jsonb) is 'A run as a reason: what, why, how it went. Ids of X are strings (G1).';
