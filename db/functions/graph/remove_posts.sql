create or replace function graph.remove_posts(p_post_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_removed_count integer;
begin
  with removed as (
    update graph.posts as o set deleted_at = base.now(), change_id = nextval('graph.change_ids')
    from unnest(p_post_ids) as p (post_id)
    where o.post_id = p.post_id and o.deleted_at is null
    returning o.author_id, o.change_id, o.post_id
  ), logged as (
    insert into graph.post_changes (author_id, change_id, post_id, change, run_id, event_id, changed_at)
    select author_id, change_id, post_id, 'removed', p_run_id, p_event_id, base.now()
    from removed
  )
  select count(*) into v_removed_count from removed;
  return v_removed_count;
end;
$$;
comment on function graph.remove_posts(bigint[], bigint, bigint) is 'Posts that there is evidence against (G4): soft-deleted and logged; returns how many were alive. The caller holds graph.lock_writer().';
