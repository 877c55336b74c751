create or replace function asset.shares_since(p_since timestamptz)
  returns table (root_id bigint, charge text, utc_day date, usd numeric)
  language sql
  stable
as $$
  select p.root_id, 'call:' || l.endpoint, (l.booked_at at time zone 'UTC')::date, sum(l.booked_usd / p.payer_count)
  from ingest.ledger as l
  join ingest.runs as r using (run_id)
  cross join lateral (
    select i as root_id, cardinality(r.payer_ids) as payer_count from unnest(r.payer_ids) as i
    union all
    select null, 1 where r.payer_ids = '{}'
  ) as p
  where l.counted_at >= p_since and l.booked_at >= p_since
  group by 1, 2, 3
  union all
  select null, 'event:' || event_type, utc_day, cost_usd from ingest.deliveries where utc_day >= (p_since at time zone 'UTC')::date;
$$;
comment on function asset.shares_since(timestamptz) is 'What was spent since the start of a UTC day, by root (null: nobody in particular), kind of call or type of webhook event, and UTC day; what got no answer, or is out, at its worst price.';
