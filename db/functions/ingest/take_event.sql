create or replace function ingest.take_event(p_event ingest.webhook_events, p_is_guarded boolean)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_verdict constant ingest.verdict := case when p_is_guarded then ingest.apply_guarded_event(p_event) else ingest.apply_event(p_event) end;
begin
  update ingest.webhook_events set
    state = v_verdict.state, detail = v_verdict.detail, waits_for = v_verdict.waits_for, target_id = v_verdict.target_id, follower_id = v_verdict.follower_id,
    post_id = v_verdict.post_id,
    retry_at = case when v_verdict.state = 'waiting' then base.now() + base.setting_interval('webhook.retry') end,
    position = case when v_verdict.state = 'applied' then nextval('graph.change_ids') end,
    cost_usd = coalesce((select usd from ingest.prices where p_event.source = 'x_activity' and resource = ingest.event_resource(p_event)), 0),
    ended_at = case when v_verdict.state <> 'waiting' then base.now() end
  where event_id = p_event.event_id;
  if v_verdict.state = 'malformed' or ingest.event_resource(p_event) is null then
    perform base.decide('event_set_aside', 'events of ' || coalesce(p_event.event_type, 'no type'), v_verdict.detail, null,
                        jsonb_build_object('event_id', p_event.event_id));
  elsif v_verdict.state = 'refused' then
    perform base.decide('event_refused', 'events of ' || p_event.source, v_verdict.detail, null, jsonb_build_object('event_id', p_event.event_id));
  end if;
  return v_verdict.waits_for;
end;
$$;
comment on function ingest.take_event(ingest.webhook_events, boolean) is
  'Takes an event in, and writes on it what became of it and what it cost; returns whom it waits for. The caller holds graph.lock_writer().';
