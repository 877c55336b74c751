create or replace function ingest.resume_events(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- After a look-up that failed they wait on, until retry_at: another one now would most likely fail too.
  update ingest.webhook_events set retry_at = base.now()
  where state = 'waiting' and retry_at > base.now()
    and waits_for = any (array(select 'user ' || i from unnest(p_run.item_ids) as i where p_run.sync_kind = 'users')
                         || array(select 'handle ' || lower(h) from unnest(p_run.handles) as h))
    and exists (select from ingest.runs where run_id = p_run.run_id and status = 'success');
end;
$$;
comment on function ingest.resume_events(ingest.runs) is 'After a look-up: the events that waited for it are taken in by the next tick.';
