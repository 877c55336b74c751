create or replace function ingest.entry_of(p_call_id bigint)
  returns ingest.ledger
  language plpgsql
  stable
as $$
declare
  v_entry ingest.ledger;
begin
  -- A page may come late, for an attempt that was given up.
  select * into v_entry from ingest.ledger
  where call_id = p_call_id
  order by billed_count is null desc, attempt_no desc
  limit 1;
  return v_entry;
end;
$$;
comment on function ingest.entry_of(bigint) is 'The entry of the ledger that an answer to a call settles: the last one that is not settled. Whoever asks holds the call.';
