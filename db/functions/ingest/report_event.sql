create or replace function ingest.report_event(p_event_id bigint, p_lead text)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('event', p_lead || ingest.name_origin(null, p_event_id) || coalesce(', received at ' || base.format_time(e.received_at), ''),
    jsonb_strip_nulls(jsonb_build_object('event_id', p_event_id, 'source', e.source, 'event_type', e.event_type, 'received_at', e.received_at, 'cost_usd', e.cost_usd)))
  from (values (p_event_id)) as asked (event_id)
  left join ingest.webhook_events as e using (event_id);
$$;
comment on function ingest.report_event(bigint, text) is 'A webhook event as a reason, kept or not: from whom, of what, when, and what it cost.';
