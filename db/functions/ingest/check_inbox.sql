create or replace function ingest.check_inbox()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'inbox', case when i.is_late then 'warning' else 'ok' end,
         case when i.is_late then format('webhook events are not taken in: the oldest came at %s', base.format_time(i.received_at))
              when i.received_at is not null then 'webhook events are being taken in'
              else 'no webhook event waits to be taken in' end,
         case when i.is_late then 'ticks take them in: start a worker, or look into the log of the one that runs' end, i.received_at
  from (select min(e.received_at) as received_at, coalesce(min(e.received_at) < base.now() - 6 * base.setting_interval('worker.heartbeat'), false) as is_late
        -- The first in order, and not the first to come: that would read all of them.
        from (select received_at from ingest.webhook_events where state = 'received' order by happened_at, event_id limit 1) as e) as i;
$$;
comment on function ingest.check_inbox() is 'Whether webhook events are taken in: see api.checks.';
