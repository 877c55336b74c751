create or replace function ingest.start_list_runs(p_sync_kind text, p_subject_ids bigint[], p_mode text default null)
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_run_ids bigint[];
begin
  -- The first run of a subject is full (I3). What is due waits for the counts to say whether it reads all or what is new.
  with started as (
    insert into ingest.runs (sync_kind, subject_id, mode, reason, since_id, is_waiting, started_at)
    select p_sync_kind, i.subject_id, m.mode,
           case when p_mode is not null then 'requested' when m.mode = 'full' then 'first' else 'due' end,
           case when m.mode = 'incremental' then s.since_id end,
           true, base.now()
    from unnest(p_subject_ids) as i (subject_id)
    left join lateral (select * from ingest.subjects where sync_kind = p_sync_kind and subject_id = i.subject_id limit 1) as s on true
    cross join lateral (
      select case when p_mode = 'full' or (s.full_at is null and coalesce(s.full_retry_at <= base.now(), true)) then 'full' else 'incremental' end
    ) as m (mode)
    on conflict (sync_kind, subject_id) where status = 'in_progress' do nothing
    returning run_id
  )
  select array_agg(run_id order by run_id) into v_run_ids from started;
  perform ingest.resume_waiting_runs(p_subject_ids, false);
  return v_run_ids;
end;
$$;
comment on function ingest.start_list_runs(text, bigint[], text) is
  'Starts a run of each subject''s list that has none in progress, and returns the runs. p_mode null: by what is due. Those whose subject must be looked at first wait; ingest.tend_waiting_runs sees to them.';
