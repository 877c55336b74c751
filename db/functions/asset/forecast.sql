create or replace function asset.forecast()
  returns table (root_id bigint, charge text, once_usd numeric, day_usd numeric)
  language plpgsql
  stable
as $$
#variable_conflict use_column
declare
  v_today constant timestamptz := ingest.period_start('day', base.now());
  v_first constant timestamptz := least(
    (select ingest.period_start('day', booked_at) from ingest.ledger order by counted_at limit 1),
    (select min(utc_day)::timestamp at time zone 'UTC' from ingest.deliveries));
begin
  -- The mean of the last seven full days, of a younger root of as many as it has. Before it has one, an estimate.
  return query
  select r.root_id, s.charge, 0::numeric, sum(s.usd) / r.day_count
  from (
    select root_id, least(7, extract(day from v_today - greatest(v_first, ingest.period_start('day', enabled_at)))) as day_count
    from asset.roots where is_enabled
    union all
    select null, least(7, extract(day from v_today - v_first))
  ) as r
  join asset.shares_since(v_today - interval '168 hours') as s
    on s.root_id is not distinct from r.root_id and s.utc_day < (v_today at time zone 'UTC')::date
  where r.day_count > 0
  group by r.root_id, r.day_count, s.charge
  union all
  select r.root_id, 'call:' || e.endpoint, e.now_usd, e.month_usd / 30
  from asset.roots as r cross join lateral asset.estimate_shares(r.root_id) as e
  where r.is_enabled and (v_first is null or greatest(v_first, ingest.period_start('day', r.enabled_at)) >= v_today);
end;
$$;
comment on function asset.forecast() is
  'What each enabled root is expected to spend from now on, by kind of call or webhook event: once, and a day, in US dollars. No root: what is asked for by hand, and events.';
