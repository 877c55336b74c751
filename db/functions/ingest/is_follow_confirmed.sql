create or replace function ingest.is_follow_confirmed(p_target_id bigint, p_follower_id bigint, p_run ingest.runs)
  returns boolean
  language sql
  stable
as $$
  -- By a change of the edge, by an event that told of it (though it was known), or by a page of the list that shows it from its other end. (Of one
  -- list, no two runs overlap.)
  select exists (
    select from graph.follows as f
    join graph.follow_changes as c on c.target_id = f.target_id and c.change_id = f.change_id
    where f.target_id = p_target_id and f.follower_id = p_follower_id
      and f.change_id > p_run.start_position and c.run_id is distinct from p_run.run_id
  ) or exists (
    select from ingest.webhook_events
    where target_id = p_target_id and follower_id = p_follower_id and event_type = 'follow.follow' and position > p_run.start_position
  ) or exists (
    select from ingest.runs as r join ingest.pages as p using (run_id)
    where p_run.sync_kind = 'followers' and r.sync_kind = 'following' and r.subject_id = p_follower_id
      and p.position > p_run.start_position and p_target_id = any (p.item_ids)
  ) or exists (
    select from ingest.runs as r join ingest.pages as p using (run_id)
    where p_run.sync_kind = 'following' and r.sync_kind = 'followers' and r.subject_id = p_target_id
      and p.position > p_run.start_position and p_follower_id = any (p.item_ids)
  );
$$;
comment on function ingest.is_follow_confirmed(bigint, bigint, ingest.runs) is 'Whether anything but this run has shown this edge since the run began.';
