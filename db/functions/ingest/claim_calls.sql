create or replace function ingest.claim_calls(p_worker text, p_slots integer)
  returns table (call_id bigint, method text, path text, query jsonb)
  language sql
  volatile
as $$
  with open_windows as materialized (
    -- A window that another worker is just counting down is passed over until the next tick.
    select w.endpoint, ingest.window_room(w) as room
    from ingest.windows as w
    join ingest.endpoints as e using (endpoint)
    join ingest.providers as p using (provider)
    where (p.stopped_at is null or p.probe_at <= base.now())
      and exists (select from ingest.calls where endpoint = w.endpoint and state = 'ready' and not_before <= base.now())
    order by w.endpoint
    for update of w skip locked
  ), picked as materialized (
    select c.call_id
    from open_windows as w
    cross join lateral (
      select r.call_id, r.not_before from ingest.calls as r
      where r.endpoint = w.endpoint and r.state = 'ready' and r.not_before <= base.now()
      order by r.not_before, r.call_id
      limit least(w.room, p_slots)
    ) as c
    order by c.not_before, c.call_id
    limit case when exists (select from ingest.providers where stopped_at is not null) then least(p_slots, 1) else p_slots end
  ), claimed as (
    update ingest.calls as c set
      state = 'claimed', worker = p_worker, claimed_at = base.now(), lease_until = base.now() + base.setting_interval('call.lease'),
      attempt_count = c.attempt_count + 1, path = q.path, query = q.query
    from (select call_id from picked) as p
    join lateral (select * from ingest.calls where call_id = p.call_id for update skip locked) as locked on true
    join ingest.runs as r on r.run_id = locked.run_id
    cross join lateral ingest.x_v2_request(locked, r) as q
    where c.call_id = locked.call_id and locked.state = 'ready'
    returning c.call_id, c.endpoint, c.path, c.query
  ), counted as (
    update ingest.windows as w set
      remaining_count = case when w.reset_at <= base.now() then w.limit_count else w.remaining_count end - n.call_count,
      reset_at = case when w.reset_at > base.now() then w.reset_at else base.now() + e.window_length end
    from (select endpoint, count(*) as call_count from claimed group by endpoint) as n
    join ingest.endpoints as e using (endpoint)
    where w.endpoint = n.endpoint
  ), probing as (
    update ingest.providers as p set probe_at = base.now() + base.setting_interval('provider.probe')
    where p.stopped_at is not null and exists (select from claimed)
  )
  select call_id, 'GET', path, query from claimed order by call_id;
$$;
comment on function ingest.claim_calls(text, integer) is
  'Hands out at most p_slots calls with a lease, oldest first, within what each endpoint''s rate window has room for; one only, now and then, while the provider is stopped.';
