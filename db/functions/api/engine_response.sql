create or replace function api.engine_response(p_call_id bigint, p_status integer, p_headers jsonb, p_body text)
  returns jsonb
  language sql
  volatile
  security definer
  set search_path = ''
as $$
  select ingest.record_answer(p_call_id, p_status, p_headers, p_body);
$$;
comment on function api.engine_response(bigint, integer, jsonb, text) is
  'Records the answer to a call: status, headers as one JSON object, and the body unparsed. Returns {recorded, class, run_id, …}; recorded is false when the call was answered before. Error RK010.';
