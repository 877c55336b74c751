create or replace function ingest.purge_runs(p_limit integer)
  returns integer
  language plpgsql
  volatile
  -- Right after a restore or a burst there are no statistics, and a plan that reads all of what it takes a step of.
  set enable_seqscan = off
as $$
declare
  v_from constant bigint := (select up_to_run_id from ingest.cleared_runs);
  v_until constant timestamptz := ingest.cleared_until();
  v_run_ids bigint[];
begin
  -- As many as have p_limit pages, one at least; up to the first that is young.
  v_run_ids := array(
    select run_id
    from (select run_id,
                 bool_and(coalesce(completed_at < v_until, false)) over (order by run_id) as are_old,
                 sum(page_count) over (order by run_id) - page_count as pages_before
          from (select run_id, completed_at, page_count from ingest.runs where run_id > v_from order by run_id limit p_limit) as first) as counted
    where are_old and pages_before < p_limit
    order by run_id);
  if v_run_ids = '{}' then
    return 0;
  end if;
  -- After this there is no receipt that could tell whose counts a run may have been the last to change.
  perform ingest.keep_runs(array(
    select r.run_id
    from ingest.runs as r
    where r.run_id = any (v_run_ids) and not r.is_named
      and exists (
        select from ingest.pages as p
        cross join lateral unnest(p.item_ids) as i (user_id)
        join lateral (select run_id from graph.user_counts where user_id = i.user_id limit 1) as c on c.run_id = r.run_id
        where p.run_id = r.run_id and r.sync_kind in ('followers', 'following', 'users', 'handles'))));
  delete from ingest.rejects where run_id = any (v_run_ids);
  delete from ingest.pages where run_id = any (v_run_ids);
  update ingest.cleared_runs set up_to_run_id = v_run_ids[cardinality(v_run_ids)];
  perform ingest.drop_nameless_runs(v_run_ids);
  return cardinality(v_run_ids);
end;
$$;
comment on function ingest.purge_runs(integer) is
  'Deletes the receipts of runs that ended before ingest.cleared_until(), at most about p_limit pages, and of these runs those that no kept row names (W7); returns how many runs it looked at. Their calls went before.';
