create or replace function ingest.start_lookups(p_sync_kind text, p_ids bigint[], p_reason text)
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_ids bigint[];
  v_filled_ids bigint[];
  v_run_ids bigint[];
begin
  select coalesce(array_agg(distinct id order by id), '{}') into v_ids
  from unnest(p_ids) as i (id)
  where p_reason = 'requested'
     or id not in (select unnest(item_ids) from ingest.runs where sync_kind = p_sync_kind and status = 'in_progress');
  -- Who is being looked up is not due. What the planner has in hand just now it reckons itself.
  delete from ingest.due
  where sync_kind = p_sync_kind and subject_id = any (array(
    select subject_id from ingest.due where sync_kind = p_sync_kind and subject_id = any (v_ids) order by subject_id for update skip locked));
  if p_reason <> 'requested' and v_ids <> '{}' then
    select f.p_ids, f.p_run_ids into v_ids, v_filled_ids from ingest.fill_lookups(p_sync_kind, v_ids) as f;
  end if;
  with started as (
    insert into ingest.runs (sync_kind, subject_id, item_ids, mode, reason, started_at)
    select p_sync_kind, case when p_reason = 'requested' then min(id) end, array_agg(id order by id), 'full', p_reason, base.now()
    from unnest(v_ids) with ordinality as i (id, place)
    group by (place - 1) / 100 order by (place - 1) / 100
    on conflict (sync_kind, subject_id) where status = 'in_progress' do nothing
    returning run_id
  )
  select array_agg(run_id order by run_id) into v_run_ids from started;
  perform ingest.open_calls(v_run_ids);
  return v_filled_ids || v_run_ids;
end;
$$;
comment on function ingest.start_lookups(text, bigint[], text) is
  'Has these ids looked up, a hundred a run (I6), but for those that are under way: in look-ups that were not sent yet, then in new ones; returns both. A requested one is of a single id, its subject.';
