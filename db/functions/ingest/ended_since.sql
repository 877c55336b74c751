create or replace function ingest.ended_since(p_run ingest.runs, p_item_ids bigint[], p_at timestamptz)
  returns bigint[]
  language plpgsql
  stable
as $$
begin
  -- Mostly nothing was told meanwhile, which the last event tells.
  if (select received_at from ingest.webhook_events order by event_id desc limit 1) > p_at is not true then
    return '{}'::bigint[];
  end if;
  return array(
    select i.item_id
    from unnest(p_item_ids) as i (item_id)
    where exists (
      select from ingest.webhook_events
      where p_run.sync_kind in ('followers', 'following') and event_type = 'follow.unfollow' and state = 'applied' and received_at > p_at
        and target_id = case p_run.sync_kind when 'followers' then p_run.subject_id else i.item_id end
        and follower_id = case p_run.sync_kind when 'followers' then i.item_id else p_run.subject_id end
    ) or exists (
      select from ingest.webhook_events
      where p_run.sync_kind in ('posts', 'search', 'post_lookup') and event_type = 'post.delete' and state = 'applied' and received_at > p_at
        and post_id = i.item_id));
end;
$$;
comment on function ingest.ended_since(ingest.runs, bigint[], timestamptz) is
  'Of the rows of a run''s page that was asked for at a time: those whose unfollow or deletion events have told since. The page is older than that (W3).';
