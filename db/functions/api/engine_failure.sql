create or replace function api.engine_failure(p_call_id bigint, p_reason text, p_detail text, p_worker text default null)
  returns jsonb
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select ingest.record_silence(p_call_id, case when p_reason in ('timeout', 'aborted', 'no_token') then p_reason when p_reason = 'connect' then 'unconnected' else 'unreachable' end,
                               concat_ws(': ', p_reason, p_detail), p_worker);
$$;
comment on function api.engine_failure(bigint, text, text, text) is
  'Records that a call got no answer: timeout, aborted (the worker stops), connect (no connection was made, so X has billed nothing), no_token (the worker has none to ask with: no call goes out until another has), or any other reason. Returns {recorded, class, run_id}; recorded is false, and why says why, when the call is not out any more, or with another worker than p_worker. Error RK010.';
