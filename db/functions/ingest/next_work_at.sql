create or replace function ingest.next_work_at(p_counts_calls boolean)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  return (
    select least(
      (select min(lease_until) from ingest.calls where state = 'claimed'),
      -- Bounded above: due times that moved leave dead entries behind, which would all be passed on the way to the first live one.
      (select due_at from ingest.due where due_at <= base.now() + base.setting_interval('worker.heartbeat') order by due_at limit 1),
      (select min(greatest(c.not_before, ingest.window_opens_at(w), p.probe_at))
       from ingest.windows as w
       join ingest.endpoints as e using (endpoint)
       join ingest.providers as p using (provider)
       cross join lateral (
         select not_before from ingest.calls where endpoint = w.endpoint and state = 'ready' order by not_before limit 1
       ) as c
       where p_counts_calls)));
end;
$$;
comment on function ingest.next_work_at(boolean) is 'When a subject is due (within a heartbeat), a lease runs out or a call can go out, whichever is first; null when nothing is ahead.';
