create or replace function ingest.sum_up_spend(p_sums ingest.spend_sums[])
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into ingest.spend_sums as s
  select utc_day, call, payer_ids, sum(sent_count), sum(resource_count), sum(billed_count), sum(settled_usd), sum(booked_usd)
  from unnest(p_sums)
  group by utc_day, call, payer_ids
  on conflict (utc_day, call, payer_ids) do update set
    sent_count = s.sent_count + excluded.sent_count,
    resource_count = s.resource_count + excluded.resource_count,
    billed_count = s.billed_count + excluded.billed_count,
    settled_usd = s.settled_usd + excluded.settled_usd,
    booked_usd = s.booked_usd + excluded.booked_usd;
end;
$$;
comment on function ingest.sum_up_spend(ingest.spend_sums[]) is 'Adds what was spent on calls that are cleared away to the sums of their days, so that nothing which was spent is forgotten (W7).';
