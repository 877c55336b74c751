create or replace function api.engine_release(p_worker text)
  returns jsonb
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('released', ingest.release_calls(p_worker));
$$;
comment on function api.engine_release(text) is 'Gives back the calls that a worker holds and will not send. Returns {released: count}.';
