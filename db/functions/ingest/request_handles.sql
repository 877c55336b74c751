create or replace function ingest.request_handles(p_handles text[])
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_handles text[];
  v_bad text;
  v_run_id bigint;
begin
  select array_agg(distinct lower(ltrim(h collate "C", '@'))), min(h) filter (where ltrim(h, '@') !~ '^[A-Za-z0-9_]{1,15}$')
  into v_handles, v_bad
  from unnest(p_handles) as h;
  if v_bad is not null or coalesce(cardinality(v_handles), 0) not between 1 and 100 or array_position(p_handles, null) is not null then
    raise exception 'these are not handles to look up: %', coalesce(quote_literal(v_bad), 'none, a null, or more than 100')
      using errcode = 'RK011', hint = 'Give 1 to 100 handles, each of 1 to 15 letters, digits and underscores.';
  end if;
  insert into ingest.runs (sync_kind, handles, mode, reason, started_at)
  values ('handles', v_handles, 'full', 'requested', base.now())
  returning run_id into v_run_id;
  perform ingest.open_calls(array[v_run_id]);
  return v_run_id;
end;
$$;
comment on function ingest.request_handles(text[]) is 'Looks up to 100 users up by their handles; returns the run. RK011 for what is no handle.';
