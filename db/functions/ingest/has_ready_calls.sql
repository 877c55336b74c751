create or replace function ingest.has_ready_calls()
  returns boolean
  language plpgsql
  stable
as $$
begin
  return exists (
    select from ingest.endpoints as e
    where exists (select from ingest.calls where endpoint = e.endpoint and state = 'ready' and not_before <= base.now()));
end;
$$;
comment on function ingest.has_ready_calls() is 'Whether a call could go out, but for its rate window: one probe an endpoint. Asked before ingest.claim_calls, which is planned anew each time.';
