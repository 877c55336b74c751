create or replace function ingest.resume_provider(p_provider text)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_stopped_at timestamptz;
begin
  select stopped_at into v_stopped_at from ingest.providers where provider = p_provider for no key update;
  if not found then
    raise exception 'there is no provider %', coalesce(quote_literal(p_provider), 'null')
      using errcode = 'RK029', hint = format('The providers are %s.', (select string_agg(provider, ', ' order by provider) from ingest.providers));
  end if;
  update ingest.providers set stopped_class = null, stopped_at = null, probe_at = null where provider = p_provider and stopped_at is not null;
  return v_stopped_at is not null;
end;
$$;
comment on function ingest.resume_provider(text) is 'Buying goes on at once; returns whether it had stopped. RK029 for an unknown provider.';
