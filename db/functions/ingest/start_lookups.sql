create or replace function ingest.start_lookups(p_sync_kind text, p_ids bigint[], p_reason text)
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_run_ids bigint[];
begin
  with started as (
    insert into ingest.runs (sync_kind, subject_id, item_ids, mode, reason, started_at)
    select p_sync_kind, case when p_reason = 'requested' then min(id) end, array_agg(id order by id), 'full', p_reason, base.now()
    from (
      select id, (row_number() over (order by id) - 1) / 100 as batch
      from unnest(p_ids) as i (id)
      where p_reason = 'requested'
         or id not in (select unnest(item_ids) from ingest.runs where sync_kind = p_sync_kind and status = 'in_progress')
      group by id
    ) as b
    group by batch order by batch
    on conflict (sync_kind, subject_id) where status = 'in_progress' do nothing
    returning run_id
  )
  select array_agg(run_id order by run_id) into v_run_ids from started;
  perform ingest.open_calls(v_run_ids);
  return v_run_ids;
end;
$$;
comment on function ingest.start_lookups(text, bigint[], text) is 'Starts look-ups of these ids, a hundred a run (I6), but for those that are under way, and returns the runs. A requested one is of a single id, its subject.';
