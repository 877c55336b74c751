create or replace function ingest.objection_to(p_call ingest.calls, p_class text, p_worker text)
  returns text
  language plpgsql
  stable
as $$
begin
  -- A page is welcome from anybody, however late, as long as its call is open: it is paid for.
  return case
    when p_call.state = 'cancelled' then 'the call was cancelled'
    when p_call.answered_at is not null then 'the call has ended'
    when p_class = 'page' then null
    when p_call.state <> 'claimed' then 'the call is not out'
    when p_call.worker <> p_worker then 'another worker has the call'
  end;
end;
$$;
comment on function ingest.objection_to(ingest.calls, text, text) is
  'Why an answer of this class, or silence, from this worker (null: whichever) changes nothing (I7, E6); null when it is to be taken.';
