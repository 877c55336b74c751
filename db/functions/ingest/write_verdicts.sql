create or replace function ingest.write_verdicts(p_event_ids bigint[], p_verdicts ingest.verdict[], p_positions bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_retry_at constant timestamptz := base.now() + base.setting_interval('webhook.retry');
begin
  with told as materialized (
    select v.*, e.received_at, e.event_type,
           -- X bills a delivery once, however often the event is looked at here.
           case when e.state <> 'received' then e.cost_usd when e.source = 'x_activity' then coalesce(p.usd, 0) else 0 end as usd,
           e.state = 'received' as is_new
    from rows from (unnest(p_event_ids), unnest(p_verdicts), unnest(p_positions)) as
      v (event_id, state, detail, waits_for, target_id, follower_id, post_id, position)
    cross join lateral (select * from ingest.webhook_events where event_id = v.event_id limit 1) as e
    left join ingest.prices as p on p.resource = ingest.event_resource(e.event_type)
  ), booked as (
    insert into ingest.deliveries as d (utc_day, event_type, event_count, cost_usd)
    select (received_at at time zone 'UTC')::date, event_type, count(*), sum(usd) from told where is_new and usd > 0 group by 1, 2 order by 1, 2
    on conflict on constraint deliveries_pkey do update set event_count = d.event_count + excluded.event_count, cost_usd = d.cost_usd + excluded.cost_usd
  )
  update ingest.webhook_events as e set
    state = t.state, detail = t.detail, waits_for = t.waits_for, target_id = t.target_id, follower_id = t.follower_id, post_id = t.post_id,
    position = t.position, cost_usd = t.usd,
    retry_at = case when t.state = 'waiting' then v_retry_at end,
    ended_at = case when t.state <> 'waiting' then base.now() end
  from told as t
  where e.event_id = t.event_id and e.event_id = any (p_event_ids);
end;
$$;
comment on function ingest.write_verdicts(bigint[], ingest.verdict[], bigint[]) is
  'Writes on events what became of them, and into the books what X bills for those that are taken in for the first time (I9). One statement for many: an event by itself costs eight times as much.';
