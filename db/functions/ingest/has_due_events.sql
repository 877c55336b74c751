create or replace function ingest.has_due_events()
  returns boolean
  language plpgsql
  stable
as $$
begin
  return exists (select from ingest.webhook_events where state = 'received')
      or exists (select from ingest.webhook_events where state = 'waiting' and retry_at <= base.now());
end;
$$;
comment on function ingest.has_due_events() is 'Whether anything in the inbox can be taken in now.';
