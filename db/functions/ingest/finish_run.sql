create or replace function ingest.finish_run(p_run ingest.runs, p_cursor_exhausted boolean, p_is_capped boolean)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_removed_count integer := 0;
  v_is_follows constant boolean := p_run.sync_kind in ('followers', 'following');
  v_is_whole constant boolean := p_run.mode = 'full' and not p_run.is_partial and (p_cursor_exhausted or p_is_capped);
begin
  if v_is_whole and v_is_follows then
    v_removed_count := ingest.sweep_follows(p_run);
  elsif v_is_whole and p_run.sync_kind = 'posts' then
    v_removed_count := ingest.sweep_posts(p_run, p_cursor_exhausted);
  end if;
  update ingest.runs set
    status = 'success', cursor_exhausted = p_cursor_exhausted, removed_count = removed_count + v_removed_count,
    is_named = is_named or v_removed_count > 0, completed_at = base.now()
  where run_id = p_run.run_id;

  insert into ingest.subjects as s (
    sync_kind, subject_id, fresh_at, full_at, full_retry_at, since_id, polled_at, full_position, list_count, count_at_full, count_at_look)
  select p_run.sync_kind, i, base.now(), case when v_is_whole then base.now() end,
         case when p_run.mode = 'full' and not v_is_whole then base.now() + base.setting_interval('subject.recheck') end,
         case when p_run.sync_kind = 'posts' then p_run.newest_id end,
         case when p_run.sync_kind = 'posts' and (p_cursor_exhausted or p_is_capped) then ingest.asked_at(p_run) end,
         case when v_is_whole and v_is_follows then nextval('graph.change_ids') end,
         case when v_is_whole and v_is_follows then graph.list_size(p_run.sync_kind, i) end,
         case when v_is_whole and v_is_follows then p_run.subject_count end,
         p_run.subject_count
  from unnest(coalesce(p_run.item_ids, array[p_run.subject_id])) as i
  where p_run.sync_kind in ('followers', 'following', 'posts', 'users')
  on conflict (sync_kind, subject_id) do update set
    fresh_at = excluded.fresh_at,
    full_at = coalesce(excluded.full_at, s.full_at),
    full_retry_at = case when excluded.full_at is null then coalesce(excluded.full_retry_at, s.full_retry_at) end,
    since_id = greatest(s.since_id, excluded.since_id),
    polled_at = greatest(s.polled_at, excluded.polled_at),
    full_position = coalesce(excluded.full_position, s.full_position),
    list_count = coalesce(excluded.list_count, s.list_count),
    count_at_full = case when excluded.full_position is null then s.count_at_full else excluded.count_at_full end,
    count_at_look = coalesce(excluded.count_at_look, s.count_at_look),
    refused_class = null, refused_at = null, retry_at = null, failure_count = 0;
  if v_removed_count > 0 and v_is_follows then
    perform ingest.look_up_unseen(p_run);
  elsif p_run.sync_kind = 'users' then
    perform ingest.settle_profiles(p_run);
  elsif p_run.sync_kind = 'search' then
    perform ingest.settle_search(p_run, p_cursor_exhausted);
  end if;
  perform ingest.end_run(p_run);
end;
$$;
comment on function ingest.finish_run(ingest.runs, boolean, boolean) is
  'A run has done what it was to do. Only a full one that read the whole list marks what it did not see (I2, G4).';
