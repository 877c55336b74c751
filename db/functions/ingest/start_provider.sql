create or replace function ingest.start_provider(p_call ingest.calls)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- Only a probe tells: a call that was out already when the provider stopped was sold before.
  update ingest.providers as p set stopped_class = null, stopped_at = null, probe_at = null
  from ingest.endpoints as e
  where e.endpoint = p_call.endpoint and p.provider = e.provider and p.stopped_at < p_call.claimed_at;
end;
$$;
comment on function ingest.start_provider(ingest.calls) is 'A call was answered well: its provider sells again, if it had stopped before the call was sent.';
