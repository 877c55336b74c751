create or replace function ingest.size_runs(p_run_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  -- A run that somebody asked for is what was asked for, and one that was widened stays full; for what is due, the counts decide.
  with judged as (
    select w.run_id, w.sync_kind, e.subject_count, e.list_count, e.new_count, e.doubt_count, d.reason,
           case when w.mode = 'full' or d.reason is not null then 'full' else 'incremental' end as mode
    from ingest.runs as w
    left join ingest.subjects as s on s.sync_kind = w.sync_kind and s.subject_id = w.subject_id
    cross join lateral ingest.estimate_list(w.sync_kind, w.subject_id) as e
    cross join lateral (
      select case when w.reason <> 'requested' and coalesce(s.full_retry_at <= base.now(), true)
        then ingest.reason_to_read_all(w.sync_kind, w.subject_id, s.full_at, e.list_count, e.doubt_count) end as reason
    ) as d
    where w.run_id = any (p_run_ids) and w.is_waiting
  )
  update ingest.runs as r set
    is_waiting = false,
    mode = j.mode,
    reason = coalesce(j.reason, r.reason),
    since_id = case when j.mode = 'incremental' then r.since_id end,
    subject_count = j.subject_count,
    expected_count = case when j.mode = 'incremental' then j.new_count else coalesce(j.list_count, j.subject_count) end,
    doubt_count = j.doubt_count,
    page_size = case when j.sync_kind <> 'posts' then ingest.page_size(j.mode, j.new_count) end
  from judged as j
  where r.run_id = j.run_id;
end;
$$;
comment on function ingest.size_runs(bigint[]) is
  'Of runs that wait, and whose subjects are users here: decides by the counts whether they read all or what is new, and in pages of which size (I9). They wait no more.';
