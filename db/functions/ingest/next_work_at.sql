create or replace function ingest.next_work_at(p_counts_calls boolean)
  returns timestamptz
  language sql
  stable
as $$
  select least(
    (select min(lease_until) from ingest.calls where state = 'claimed'),
    (select due_at from ingest.due order by due_at limit 1),
    (select min(greatest(c.not_before, case when w.remaining_count = 0 then w.reset_at end, p.probe_at))
     from ingest.windows as w
     join ingest.endpoints as e using (endpoint)
     join ingest.providers as p using (provider)
     cross join lateral (
       select not_before from ingest.calls where endpoint = w.endpoint and state = 'ready' order by not_before limit 1
     ) as c
     where p_counts_calls));
$$;
comment on function ingest.next_work_at(boolean) is 'When a subject is due, a lease runs out or a call can go out, whichever is first; null when nothing is ahead.';
