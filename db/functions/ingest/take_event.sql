create or replace function ingest.take_event(p_event ingest.webhook_events, p_is_guarded boolean)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_verdict constant ingest.verdict := case when p_is_guarded then ingest.apply_guarded_event(p_event) else ingest.apply_event(p_event) end;
begin
  if v_verdict.state = 'malformed' or ingest.event_resource(p_event.event_type) is null then
    perform base.decide('event_set_aside', 'events of ' || coalesce(p_event.event_type, 'no type'), v_verdict.detail, null,
                        jsonb_build_object('event_id', p_event.event_id));
  elsif v_verdict.state = 'refused' then
    perform base.decide('event_refused', 'events of ' || p_event.source, v_verdict.detail, null, jsonb_build_object('event_id', p_event.event_id));
  end if;
  return v_verdict;
end;
$$;
comment on function ingest.take_event(ingest.webhook_events, boolean) is
  'Takes an event in, and returns what became of it, for ingest.write_verdicts(). The caller holds graph.lock_writer().';
