create or replace function ingest.pick_calls(p_slots integer)
  returns ingest.quote[]
  language plpgsql
  volatile
as $$
begin
  return (
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
          and exists (select from ingest.runs where run_id = r.run_id and payer_ids is not null)
        order by r.not_before, r.call_id
        limit least(w.room, p_slots)
      ) as c
      order by c.not_before, c.call_id
      limit case when exists (select from ingest.providers where stopped_at is not null) then least(p_slots, 1) else p_slots end
    )
    select array_agg(row(locked.call_id, r.run_id, locked.endpoint, q.path, q.query, r.payer_ids, ingest.x_v2_row_limit(q.query),
                         ingest.price_of(locked.endpoint, case when num_nonnulls(r.item_ids, r.handles) = 0 then r.subject_id end))::ingest.quote order by locked.not_before, locked.call_id)
    from (select call_id from picked) as p
    join lateral (select * from ingest.calls where call_id = p.call_id for update skip locked) as locked on true
    join ingest.runs as r on r.run_id = locked.run_id
    cross join lateral ingest.x_v2_request(locked, r) as q
    where locked.state = 'ready');
end;
$$;
comment on function ingest.pick_calls(integer) is
  'At most p_slots calls that may go out now, oldest first, within what each endpoint''s rate window has room for; one only, now and then, while the provider is stopped. Locks them and their windows; null for none.';
