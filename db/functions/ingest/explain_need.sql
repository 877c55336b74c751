create or replace function ingest.explain_need(p_sync_kind text, p_subject_id bigint, p_run_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('need',
    format('%s of %s was last fresh %s; ', p_sync_kind, p_subject_id, base.format_time(s.fresh_at)) || case
      when r.run_id is not null then 'it is being synced'
      when d.due_at is null then 'it is neither due nor under way, which is a defect'
      when d.due_at <= base.now() then 'the next tick starts a run'
      when s.cancelled_at >= coalesce(greatest(s.fresh_at, s.refused_at), s.cancelled_at) and (last.run).status is distinct from 'error' then
        format('a run of it was cancelled at %s, the next starts at %s', base.format_time(s.cancelled_at), base.format_time(d.due_at))
      when s.failure_count > 0 then format('its run failed (%s in a row), the next starts at %s', s.failure_count, base.format_time(d.due_at))
      when s.refused_class is not null then format('X does not show it (%s), it is asked again at %s', s.refused_class, base.format_time(d.due_at))
      else format('its next run starts at %s', base.format_time(d.due_at)) end,
    jsonb_strip_nulls(jsonb_build_object(
      'sync_kind', p_sync_kind, 'subject_id', p_subject_id::text, 'run_id', r.run_id, 'fresh_at', s.fresh_at, 'failures', s.failure_count,
      'refused_class', s.refused_class,
      'until_at', coalesce(d.due_at, (p.reasons #>> '{0,until_at}')::timestamptz, (p.reasons #>> '{0,because,0,until_at}')::timestamptz))),
    case
      when r.run_id is not null then jsonb_build_array(ingest.report_run(r, '', p.reasons))
      when (last.run).run_id is not null then
        jsonb_build_array(ingest.report_run(last.run, coalesce('ended in error (' || (last.run).error_class || '): ', 'was cancelled: '))) end)
  from (values (p_run_id)) as asked (run_id)
  left join ingest.subjects as s on s.sync_kind = p_sync_kind and s.subject_id = p_subject_id
  left join ingest.due as d on d.sync_kind = p_sync_kind and d.subject_id = p_subject_id
  left join ingest.runs as r on r.run_id = asked.run_id
  left join lateral (
    select l as run from ingest.runs as l
    where l.sync_kind = p_sync_kind and l.subject_id = p_subject_id and l.status in ('error', 'cancelled') order by l.run_id desc limit 1
  ) as last on s.failure_count > 0 or s.refused_class is not null or s.cancelled_at is not null
  cross join lateral (select ingest.explain_progress(r) as reasons) as p;
$$;
comment on function ingest.explain_need(text, bigint, bigint) is
  'What stands between a subject and being fresh, as a reason: the run that is under way (p_run_id) and what that waits for, or when the next starts and why not before.';
