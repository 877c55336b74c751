create or replace function ingest.start_handle_lookups(p_handles text[], p_reason text)
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_under_way ingest.runs[];
  v_run_ids bigint[];
begin
  v_under_way := array(select r from ingest.runs as r where r.sync_kind = 'handles' and r.status = 'in_progress' and r.handles && p_handles order by r.run_id);
  with started as (
    insert into ingest.runs (sync_kind, handles, mode, reason, started_at)
    select 'handles', array_agg(h.handle order by h.handle), 'full', p_reason, base.now()
    from (
      select handle, (row_number() over (order by handle) - 1) / 100 as batch
      from (select distinct handle from unnest(p_handles) as i (handle)
            where handle not in (select h from unnest(v_under_way) as u cross join unnest(u.handles) as h)) as d
    ) as h
    group by h.batch order by h.batch
    returning run_id
  )
  select array_agg(run_id order by run_id) into v_run_ids from started;
  perform ingest.open_calls(v_run_ids);
  return array(select u.run_id from unnest(v_under_way) as u) || v_run_ids;
end;
$$;
comment on function ingest.start_handle_lookups(text[], text) is
  'Has the users behind these handles (in lower case) looked up, a hundred a run (I6), but for those that are being looked up; returns the runs, of these too.';
