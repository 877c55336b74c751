create or replace function api.run_progress(p_run_ids bigint[])
  returns table (
    run_id bigint, sync_kind text, subject_id bigint, mode text, status text, pages integer, resources bigint, expected bigint, expected_pages bigint,
    cost_usd numeric, attended boolean, says text)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from engine.report_progress(p_run_ids);
$$;
comment on function api.run_progress(bigint[]) is
  'How far these runs are: pages and rows read, how many are expected (null: nobody can say), whether they are attended (a worker ticks and the provider sells), and in a sentence what a run in progress waits for, or how it ended. Error RK017.';
