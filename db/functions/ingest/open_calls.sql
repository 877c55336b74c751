create or replace function ingest.open_calls(p_run_ids bigint[])
  returns void
  language sql
  volatile
as $$
  update ingest.runs set is_waiting = false
  where run_id = any (p_run_ids) and is_waiting and exists (select from graph.users where user_id = subject_id);
  insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at)
  select r.run_id, k.endpoint, 1, base.now(), base.now()
  from ingest.runs as r
  join ingest.sync_kinds as k using (sync_kind)
  where r.run_id = any (p_run_ids) and not r.is_waiting
  order by r.run_id
  on conflict (run_id) where state in ('ready', 'claimed') do nothing;
$$;
comment on function ingest.open_calls(bigint[]) is 'Makes the first call of these runs, but for those whose subject must be hydrated first.';
