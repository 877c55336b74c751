create or replace function ingest.open_calls(p_run_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at)
  select r.run_id, k.endpoint, 1, base.now(), base.now()
  from ingest.runs as r
  join ingest.sync_kinds as k using (sync_kind)
  where r.run_id = any (p_run_ids)
  order by r.run_id;
end;
$$;
comment on function ingest.open_calls(bigint[]) is 'Makes the first call of these runs.';
