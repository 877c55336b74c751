create or replace function ingest.purge_events(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_until constant timestamptz := least(
    base.now() - base.setting_interval('retention.events'),
    -- What told of an edge since a run began keeps it from the sweep of that run, however long it takes (I2).
    (select min(started_at) from ingest.runs where status = 'in_progress'));
  v_count integer;
begin
  -- Ids are in the order of receipt, so a young first one says that there is nothing to do.
  if (select received_at from ingest.webhook_events order by event_id limit 1) < v_until is not true then
    return 0;
  end if;
  with old as (
    select e.event_id, e.event_key
    from (select event_id from ingest.webhook_events where received_at < v_until order by event_id limit p_limit) as first
    join ingest.webhook_events as e using (event_id)
    order by e.event_id for update of e skip locked
  ), purged_keys as (
    delete from ingest.event_keys as k using old as o where k.event_key = o.event_key and k.event_id = o.event_id
  ), purged as (
    delete from ingest.webhook_events as e using old as o where e.event_id = o.event_id
    returning e.event_id
  )
  select count(*) into v_count from purged;
  return v_count;
end;
$$;
comment on function ingest.purge_events(integer) is
  'Deletes events that are older than retention.events, and than every run that is under way, at most p_limit, and their keys (W7); returns how many. What they cost stays in ingest.deliveries. What they changed keeps their numbers.';
