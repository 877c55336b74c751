create or replace function ingest.start_list_runs(p_sync_kind text, p_subject_ids bigint[], p_mode text default null)
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_run_ids bigint[];
  v_unknown_ids bigint[];
begin
  -- The first run of a subject is full, and so is the one that is due for reconciling (I3); the rest read on from what is known.
  with started as (
    insert into ingest.runs (sync_kind, subject_id, mode, reason, since_id, is_waiting, started_at)
    select p_sync_kind, i.subject_id, m.mode,
           case when p_mode is not null then 'requested' when m.mode = 'incremental' then 'due' when s.full_at is null then 'first' else 'reconcile' end,
           case when m.mode = 'incremental' then s.since_id end,
           u.user_id is null, base.now()
    from unnest(p_subject_ids) as i (subject_id)
    left join lateral (select * from ingest.subjects where sync_kind = p_sync_kind and subject_id = i.subject_id limit 1) as s on true
    left join lateral (select user_id from graph.users where user_id = i.subject_id limit 1) as u on true
    cross join lateral (
      select case when p_mode = 'full'
                    or ((s.full_at is null or (p_mode is null and s.full_at + base.setting_interval('reconcile.after') <= base.now()))
                        and coalesce(s.full_retry_at <= base.now(), true))
                  then 'full' else 'incremental' end
    ) as m (mode)
    on conflict (sync_kind, subject_id) where status = 'in_progress' do nothing
    returning run_id, subject_id, is_waiting
  )
  select array_agg(run_id order by run_id), array_agg(subject_id) filter (where is_waiting)
  into v_run_ids, v_unknown_ids
  from started;

  perform ingest.open_calls(v_run_ids);
  if v_unknown_ids is not null then
    perform ingest.hydrate_subjects(v_unknown_ids);
  end if;
  return v_run_ids;
end;
$$;
comment on function ingest.start_list_runs(text, bigint[], text) is
  'Starts a run of each subject''s list that has none in progress, and returns the runs. p_mode null: by what is due. A subject that is no user here is looked up first (G2).';
