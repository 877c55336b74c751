create or replace function api.engine_tick(p_worker text default 'session ' || pg_catalog.pg_backend_pid(), p_slots integer default 0)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if p_worker is null or p_worker !~ '\S' or p_slots is null or p_slots not between 0 and 1000 then
    raise exception 'worker % cannot take % calls', coalesce(quote_literal(p_worker), 'null'), coalesce(p_slots::text, 'null')
      using errcode = 'RK013', hint = 'Give the worker a name, and slots from 0 to 1000.';
  end if;
  return engine.tick(p_worker, p_slots);
end;
$$;
comment on function api.engine_tick(text, integer) is
  'One bounded step of the engine. Returns {tick_id, done: counts, decisions and materializations: what to log, the first hundred or so, calls: [{call_id, method, path, query}], again, now, next_at}: send at most p_slots calls, hand each answer to engine_response or engine_failure, and tick again at once (again), or at next_at. Error RK013.';
