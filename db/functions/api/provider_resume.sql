create or replace function api.provider_resume(p_provider text default 'x_v2')
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_was_stopped boolean;
begin
  v_was_stopped := ingest.resume_provider(p_provider);
  perform base.wake();
  return v_was_stopped;
end;
$$;
comment on function api.provider_resume(text) is
  'Has buying go on at once after it stopped (no credits, spending limit, usage cap, refused token): say it when you have mended that. Returns whether it had stopped. Error RK029.';
