create or replace function api.engine_response(p_call_id bigint, p_status integer, p_headers jsonb, p_body text, p_worker text default null)
  returns jsonb
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select ingest.record_answer(p_call_id, p_status, p_headers, p_body, p_worker);
$$;
comment on function api.engine_response(bigint, integer, jsonb, text, text) is
  'Records the answer to a call: status, headers as one JSON object, and the body unparsed. Returns {recorded, class, run_id, …, decisions: what was decided because of it, if anything, as in engine_tick}; recorded is false, and why says why, when the call has ended, or when it is no page and not from the worker that has the call (p_worker null: from whichever). Error RK010.';
