create or replace function ingest.claim_calls(p_worker text, p_slots integer)
  returns table (call_id bigint, method text, path text, query jsonb)
  language plpgsql
  volatile
as $$
#variable_conflict use_column
declare
  v_quotes constant ingest.quote[] := ingest.book_calls(ingest.pick_calls(p_slots));
begin
  return query
  with claimed as (
    update ingest.calls as c set
      state = 'claimed', worker = p_worker, claimed_at = base.now(), lease_until = base.now() + base.setting_interval('call.lease'),
      attempt_count = c.attempt_count + 1, path = q.path, query = q.query, held_by = null, held_usd = null
    from unnest(v_quotes) as q
    where c.call_id = q.call_id
    returning c.call_id, c.endpoint, c.path, c.query
  ), booked as (
    -- An operator may have begun a new period in a budget since this transaction began.
    insert into ingest.ledger (call_id, attempt_no, run_id, endpoint, asked_count, unit_usd, booked_at, counted_at)
    select q.call_id, 1 + (select count(*) from ingest.ledger where call_id = q.call_id), q.run_id, q.endpoint, q.asked_count, q.unit_usd, base.now(),
           greatest(base.now(), (select max(began_at) from ingest.budgets))
    from unnest(v_quotes) as q
  ), counted as (
    update ingest.windows as w set
      remaining_count = case when w.reset_at <= base.now() then w.limit_count else w.remaining_count end - n.call_count,
      reset_at = case when w.reset_at > base.now() then w.reset_at else base.now() + e.window_length end
    from (select endpoint, count(*) as call_count from claimed group by endpoint) as n
    join ingest.endpoints as e using (endpoint)
    where w.endpoint = n.endpoint
  ), probing as (
    -- Whoever has the provider in hand, while it waits for a budget perhaps, says anew whether it sells.
    update ingest.providers as p set probe_at = base.now() + base.setting_interval('provider.probe')
    from (select provider from ingest.providers where stopped_at is not null order by provider for no key update skip locked) as s
    where p.provider = s.provider and exists (select from claimed)
  )
  select call_id, 'GET', path, query from claimed order by call_id;
end;
$$;
comment on function ingest.claim_calls(text, integer) is
  'Hands out at most p_slots calls with a lease: what rate windows and budgets let go (I8). Each is booked in the ledger at its worst price.';
