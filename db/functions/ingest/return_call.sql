create or replace function ingest.return_call(p_call_id bigint, p_not_before timestamptz)
  returns void
  language sql
  volatile
as $$
  update ingest.calls set state = 'ready', lease_until = null, not_before = p_not_before where call_id = p_call_id;
$$;
comment on function ingest.return_call(bigint, timestamptz) is 'The same call goes out again, not before a time.';
