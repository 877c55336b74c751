create or replace function ingest.sweep_follows(p_run ingest.runs)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_first constant ingest.runs := ingest.first_sweep_of(p_run);
  v_removed_count integer;
begin
  if v_first.run_id is null then
    return 0;
  end if;
  -- EXCEPT hashes or sorts, whatever the planner believes of the receipts' length. Seen by any run of this list since the first sweep began
  -- to read: also by one in between that was no sweep.
  with unseen as (
    select f.target_id, f.follower_id
    from graph.follows as f
    where f.deleted_at is null
      and ((p_run.sync_kind = 'followers' and f.target_id = p_run.subject_id)
        or (p_run.sync_kind = 'following' and f.follower_id = p_run.subject_id))
    except
    select case p_run.sync_kind when 'followers' then p_run.subject_id else s.user_id end,
           case p_run.sync_kind when 'followers' then s.user_id else p_run.subject_id end
    from ingest.runs as r
    join ingest.pages as p using (run_id)
    cross join lateral unnest(p.item_ids) as s (user_id)
    where r.sync_kind = p_run.sync_kind and r.subject_id = p_run.subject_id and r.run_id >= v_first.run_id
      and (r.run_id > v_first.run_id or p.page_no >= v_first.first_page)
  )
  select graph.remove_follows(array_agg(u.target_id), array_agg(u.follower_id), p_run.run_id) into v_removed_count
  from unseen as u
  where not ingest.is_follow_confirmed(u.target_id, u.follower_id, v_first)
  having count(*) > 0;
  return coalesce(v_removed_count, 0);
end;
$$;
comment on function ingest.sweep_follows(ingest.runs) is
  'Soft-deletes the edges that a full, exhausted run did not see, nor the sweeps before it that absent_sweeps asks for, and that nothing else confirmed since the first of them began (I2); returns how many.';
