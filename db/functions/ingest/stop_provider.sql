create or replace function ingest.stop_provider(p_call ingest.calls, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_probe_at constant timestamptz :=
    base.now() + base.setting_interval(case p_answer.answer_class when 'no_token' then 'provider.token_probe' else 'provider.probe' end);
  v_provider text;
begin
  update ingest.calls set attempt_count = attempt_count - 1 where call_id = p_call.call_id;
  perform ingest.return_call(p_call.call_id, base.now());
  -- Calls that were out already when it stopped bring no news.
  update ingest.providers as p set stopped_class = p_answer.answer_class, stopped_at = coalesce(p.stopped_at, base.now()), probe_at = v_probe_at
  from ingest.endpoints as e
  where e.endpoint = p_call.endpoint and p.provider = e.provider and (p.stopped_at is null or p.stopped_at < p_call.claimed_at)
  returning p.provider into v_provider;
  if found then
    perform base.decide('provider_stopped', 'provider ' || v_provider, p_answer.answer_class, v_probe_at,
                        jsonb_build_object('call_id', p_call.call_id, 'detail', p_answer.detail));
  end if;
end;
$$;
comment on function ingest.stop_provider(ingest.calls, ingest.answer) is
  'All buying stops: no call goes out but one probe now and then, until one is answered well or an operator says so. One decision for the stop, counted up by each probe.';
