create or replace function ingest.metrics()
  returns table (metric text, labels jsonb, value numeric)
  language sql
  stable
as $$
  select 'calls_total', jsonb_build_object('endpoint', endpoint, 'status', http_status, 'class', answer_class), call_count::numeric from ingest.outcomes
  union all
  select m.metric, jsonb_build_object('endpoint', o.endpoint), m.value
  from (select endpoint, coalesce(sum(call_count) filter (where answer_class = 'page'), 0) as pages, sum(resource_count) as resources, sum(cost_usd) as cost_usd
        from ingest.outcomes group by endpoint) as o
  cross join lateral (values ('pages_total', o.pages), ('resources_total', o.resources), ('cost_usd_total', o.cost_usd)) as m (metric, value)
  union all
  select m.metric, jsonb_build_object('type', d.event_type), m.value
  from (select event_type, sum(event_count) as event_count, sum(cost_usd) as cost_usd from ingest.deliveries group by event_type) as d
  cross join lateral (values ('events_billed_total', d.event_count), ('events_cost_usd_total', d.cost_usd)) as m (metric, value)
  union all
  select 'lease_takeovers_total', '{}', base.last_drawn('ingest.takeovers')
  union all
  select 'window_remaining_calls', jsonb_build_object('endpoint', endpoint), case when reset_at <= base.now() then limit_count else remaining_count end
  from ingest.windows
  union all
  select 'provider_stopped', jsonb_build_object('provider', provider), (stopped_at is not null)::integer from ingest.providers
  union all
  select 'runs_in_progress', jsonb_build_object('kind', sync_kind), count(*) from ingest.runs where status = 'in_progress' group by sync_kind
  union all
  select 'calls_ready', jsonb_build_object('endpoint', endpoint), count(*) from ingest.calls where state = 'ready' and not_before <= base.now() group by endpoint
  union all
  select m.metric, '{}', m.value
  from (select count(*) as due_count, coalesce(extract(epoch from base.now() - min(due_at)), 0) as due_age from ingest.due where due_at <= base.now()) as d
  cross join lateral (values ('subjects_due', d.due_count), ('subjects_due_age_seconds', d.due_age)) as m (metric, value)
  union all
  select m.metric, jsonb_build_object('state', i.state), m.value
  from (select 'received' as state, count(*) as event_count, min(received_at) as first_at from ingest.webhook_events where state = 'received'
        union all
        select 'waiting', count(*), min(received_at) from ingest.webhook_events where state = 'waiting') as i
  cross join lateral (values ('inbox_events', i.event_count), ('inbox_age_seconds', coalesce(extract(epoch from base.now() - i.first_at), 0))) as m (metric, value);
$$;
comment on function ingest.metrics() is 'What was bought, what is under way, what is due and what lies in the inbox, as metrics (base.metrics). Reads counters, partial indexes and what is due, nothing of the size of the past.';
