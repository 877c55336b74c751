create or replace function ingest.drop_nameless_runs(p_run_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_profile_run_ids bigint[];
begin
  with dropped as (
    delete from ingest.runs as r
    where r.run_id = any (p_run_ids) and not r.is_named and not exists (select from ingest.runs where profile_run_id = r.run_id)
    returning r.profile_run_id
  )
  select array_agg(distinct profile_run_id) into v_profile_run_ids from dropped;
  -- A look-up that was kept for a run which is gone now may go too.
  delete from ingest.runs as r
  where r.run_id = any (v_profile_run_ids) and not r.is_named and not exists (select from ingest.runs where profile_run_id = r.run_id)
    and r.run_id <= (select up_to_run_id from ingest.cleared_runs);
end;
$$;
comment on function ingest.drop_nameless_runs(bigint[]) is
  'Deletes those of these runs that no kept row names: no log, no user''s counts, no materialization, no run that waited for their profiles (W7). Calls and receipts of theirs are gone.';
