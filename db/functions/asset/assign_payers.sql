create or replace function asset.assign_payers(p_limit integer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  for v_run in
    select * from ingest.runs where payer_ids is null and status = 'in_progress' order by run_id limit p_limit for no key update skip locked
  loop
    update ingest.runs set payer_ids = asset.payers_of(v_run) where run_id = v_run.run_id;
  end loop;
end;
$$;
comment on function asset.assign_payers(integer) is 'Says of at most p_limit runs that have started who shares their cost (I8); their calls go out after that only.';
