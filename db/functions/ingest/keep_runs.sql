create or replace function ingest.keep_runs(p_run_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  update ingest.runs set is_named = true where run_id = any (p_run_ids) and not is_named;
end;
$$;
comment on function ingest.keep_runs(bigint[]) is 'A row that is kept names these runs: they are kept too (W7).';
