create or replace function ingest.explain_result(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(r.reason order by r.place), '[]')
  from (
    select 1, base.build_reason('changes',
      'changed ' || coalesce(nullif((
        select string_agg(l.key || ': ' || c.counts, '; ' order by l.key)
        from jsonb_each(t.changes) as l
        cross join lateral (select string_agg(value || ' ' || key, ', ' order by key) as counts from jsonb_each_text(l.value)) as c), ''), 'nothing')
      || case when not t.is_whole then ', and more: only the beginning of the logs was read' else '' end,
      jsonb_build_object('changes', t.changes, 'is_whole', t.is_whole))
    from graph.tally_changes(p_run.run_id, p_run.sync_kind, p_run.subject_id, p_run.start_position, p_run.completed_at, 10000) as t
    union all
    select 2, base.build_reason('rejects', format('set %s rows aside that could not be stored (api.rejects)', p_run.rejected_count))
    where p_run.rejected_count > 0
    union all
    select 3, base.build_reason('restarts', format('started over %s times, since X refused its cursor', p_run.restart_count))
    where p_run.restart_count > 0
    union all
    select 4, base.build_reason('end', case p_run.cursor_exhausted
      when true then 'read its list to the end' else 'did not read its list to the end, and so took nothing for gone that it did not see' end)
    where p_run.status = 'success' and (p_run.sync_kind = 'search' or num_nonnulls(p_run.item_ids, p_run.handles) = 0)
    union all
    select 5, base.build_reason('error', ingest.explain_error(p_run))
    where p_run.error_class is not null
  ) as r (place, reason);
$$;
comment on function ingest.explain_result(ingest.runs) is 'What a run changed, by the logs, and how it ended, as a list of reasons.';
