create or replace function graph.remove_posts(p_post_ids bigint[], p_run_id bigint, p_event_id bigint default null)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_removed_count integer;
begin
  with gone as materialized (
    select o.author_id, p.post_id, nextval('graph.change_ids') as change_id
    from (select distinct u.post_id from unnest(p_post_ids) as u (post_id)) as p
    cross join lateral (select author_id from graph.posts where post_id = p.post_id and deleted_at is null limit 1) as o
    -- Positions are drawn after the sort: the same posts get the same ones, whatever the plan (E4).
    order by p.post_id
  ), removed as (
    update graph.posts as o set deleted_at = base.now(), text = null, change_id = g.change_id
    from gone as g
    where o.post_id = g.post_id
  ), logged as (
    insert into graph.post_changes (author_id, change_id, post_id, change, run_id, event_id, changed_at)
    select author_id, change_id, post_id, 'removed', p_run_id, p_event_id, base.now()
    from gone
  )
  select count(*) into v_removed_count from gone;
  return v_removed_count;
end;
$$;
comment on function graph.remove_posts(bigint[], bigint, bigint) is 'Posts that there is evidence against (G4): soft-deleted, their texts dropped, and logged; returns how many were alive. The caller holds graph.lock_writer().';
