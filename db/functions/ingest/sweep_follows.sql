create or replace function ingest.sweep_follows(p_run ingest.runs)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_removed_count integer;
begin
  with seen as materialized (
    select distinct unnest(item_ids) as user_id from ingest.pages where run_id = p_run.run_id and page_no >= p_run.first_page
  ), unseen as (
    select f.target_id, f.follower_id
    from graph.follows as f
    where f.deleted_at is null
      and ((p_run.sync_kind = 'followers' and f.target_id = p_run.subject_id
              and not exists (select from seen where user_id = f.follower_id))
        or (p_run.sync_kind = 'following' and f.follower_id = p_run.subject_id
              and not exists (select from seen where user_id = f.target_id)))
  )
  select graph.remove_follows(array_agg(u.target_id), array_agg(u.follower_id), p_run.run_id) into v_removed_count
  from unseen as u
  where not ingest.is_follow_confirmed(u.target_id, u.follower_id, p_run)
  having count(*) > 0;
  return coalesce(v_removed_count, 0);
end;
$$;
comment on function ingest.sweep_follows(ingest.runs) is
  'Soft-deletes the edges that a full, exhausted run did not see and that nothing else confirmed since it began (I2); returns how many.';
