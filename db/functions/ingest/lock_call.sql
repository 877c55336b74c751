create or replace function ingest.lock_call(p_call_id bigint)
  returns ingest.calls
  language plpgsql
  volatile
as $$
declare
  v_call ingest.calls;
begin
  perform from ingest.runs where run_id = (select run_id from ingest.calls where call_id = p_call_id) for no key update;
  select * into v_call from ingest.calls where call_id = p_call_id for no key update;
  if not found then
    raise exception 'there is no call %', coalesce(p_call_id::text, 'null')
      using errcode = 'RK010', hint = 'Answers and failures go to the call_id that engine_tick handed out.';
  end if;
  return v_call;
end;
$$;
comment on function ingest.lock_call(bigint) is 'Locks a call''s run, then the call, and returns the call as it is now. RK010 for an unknown one.';
