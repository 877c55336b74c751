create or replace function ingest.stop_provider(p_call ingest.calls, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_probe_at constant timestamptz := base.now() + base.setting_interval('provider.probe');
begin
  update ingest.providers as p set stopped_class = p_answer.answer_class, stopped_at = coalesce(p.stopped_at, base.now()), probe_at = v_probe_at
  from ingest.endpoints as e
  where e.endpoint = p_call.endpoint and p.provider = e.provider;
  update ingest.calls set attempt_count = attempt_count - 1 where call_id = p_call.call_id and attempt_count > 0;
  perform ingest.return_call(p_call.call_id, base.now());
  perform base.decide('provider_stopped', 'provider x_v2', p_answer.answer_class, v_probe_at, jsonb_build_object('call_id', p_call.call_id, 'detail', p_answer.detail));
end;
$$;
comment on function ingest.stop_provider(ingest.calls, ingest.answer) is 'All buying stops: no call goes out but one probe now and then, until one is answered well.';
