create or replace function ingest.look_up_names(p_names text[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
  v_run_ids bigint[];
begin
  select array_agg(distinct split_part(n, ' ', 2)::bigint) into v_user_ids from unnest(p_names) as n where n like 'user %';
  if v_user_ids is not null then
    perform ingest.start_lookups('users', v_user_ids, 'event');
  end if;
  with started as (
    insert into ingest.runs (sync_kind, handles, mode, reason, started_at)
    select 'handles', array_agg(h.handle order by h.handle), 'full', 'event', base.now()
    from (
      select handle, (row_number() over (order by handle) - 1) / 100 as batch
      from (select distinct split_part(n, ' ', 2) as handle from unnest(p_names) as n where n like 'handle %') as d
      where handle not in (select unnest(handles) from ingest.runs where sync_kind = 'handles' and status = 'in_progress')
    ) as h
    group by h.batch order by h.batch
    returning run_id
  )
  select array_agg(run_id order by run_id) into v_run_ids from started;
  perform ingest.open_calls(v_run_ids);
end;
$$;
comment on function ingest.look_up_names(text[]) is 'Has the users behind `user 12` and `handle name` looked up, a hundred a run (I6), but for those that are being looked up.';
