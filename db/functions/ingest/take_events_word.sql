create or replace function ingest.take_events_word(p_sync_kind text, p_subject_ids bigint[])
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_told_ids bigint[] := array[]::bigint[];
begin
  -- By age a list is read in full all the same (I3), and so is one of which nobody knows how the last run went.
  for v_run in
    insert into ingest.runs (sync_kind, subject_id, mode, reason, page_size, started_at)
    select s.sync_kind, s.subject_id, 'incremental', 'told', base.setting_integer('page.small'), base.now()
    from ingest.subscriptions as e
    join ingest.subjects as s using (sync_kind, subject_id)
    cross join lateral ingest.windows_of(e.sync_kind, e.subject_id) as w
    where e.sync_kind = p_sync_kind and e.subject_id = any (p_subject_ids)
      and e.agreed_at > base.now() - base.setting_interval('webhook.heartbeat')
      and s.refused_class is null and s.failure_count = 0
      and ingest.reconcile_at(s.full_at, w.fresh_within, w.reconcile_within) > base.now()
    on conflict (sync_kind, subject_id) where status = 'in_progress' do nothing
    returning *
  loop
    perform ingest.finish_run(v_run, false, false);
    v_told_ids := v_told_ids || v_run.subject_id;
  end loop;
  return array(select i from unnest(p_subject_ids) as i where i <> all (v_told_ids));
end;
$$;
comment on function ingest.take_events_word(text, bigint[]) is
  'Of lists that are due, those that X tells of, and whose counts agreed lately, are fresh without being read (W3, I9): each gets a run that says so. Returns the others.';
