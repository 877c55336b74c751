create or replace function ingest.fail_run(p_run_id bigint, p_class text, p_status integer, p_detail text)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_sync_kind text;
  v_retry_at timestamptz;
begin
  select k.serves,
         base.now() + base.backoff(base.setting_interval('subject.backoff'), base.setting_interval('subject.backoff_cap'),
                                   coalesce(max(s.failure_count), 0) + 1, r.sync_kind || ' ' || coalesce(r.subject_id, r.item_ids[1]))
  into v_sync_kind, v_retry_at
  from ingest.runs as r
  join ingest.sync_kinds as k using (sync_kind)
  left join ingest.subjects as s on s.sync_kind = k.serves and s.subject_id = any (coalesce(r.item_ids, array[r.subject_id]))
  where r.run_id = p_run_id
  group by r.run_id, k.serves;
  v_run := ingest.close_run(p_run_id, p_class, p_status, p_detail, v_retry_at);

  -- Nobody waits for what a look-up of posts or of handles was to bring: it has no subject that could be tried again.
  insert into ingest.subjects as s (sync_kind, subject_id, retry_at, failure_count)
  select v_sync_kind, i, v_retry_at, 1
  from unnest(coalesce(v_run.item_ids, array[v_run.subject_id])) as i
  where v_sync_kind is not null and i is not null
  on conflict (sync_kind, subject_id) do update set retry_at = excluded.retry_at, failure_count = s.failure_count + 1;
  perform base.decide('run_failed', v_run.sync_kind || ' of ' || coalesce(v_run.subject_id::text, 'a batch'), p_class, v_retry_at,
                      jsonb_build_object('run_id', p_run_id, 'http_status', p_status, 'detail', p_detail));
  if v_run.sync_kind = 'users' then
    -- A list can do without the counts of its subject, but not without the subject.
    perform ingest.resume_waiting_runs(v_run.item_ids, true);
    -- One that somebody has in hand is tended by the next tick.
    perform ingest.fail_run(r.run_id, p_class, p_status, 'the look-up of its subject failed')
    from (select run_id from ingest.runs where subject_id = any (v_run.item_ids) and is_waiting order by run_id for no key update skip locked) as r;
  end if;
  perform ingest.end_run(v_run);
end;
$$;
comment on function ingest.fail_run(bigint, text, integer, text) is 'The run ends in error and deletes nothing; its subjects wait before the next, longer each time.';
