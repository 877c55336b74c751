create or replace function ingest.share_of(p_usd numeric, p_payer_id bigint, p_payer_ids bigint[])
  returns numeric
  language sql
  immutable
as $$
  -- Nobody in particular has no share: nullif, since the planner may divide before it looks.
  select case when p_payer_id is null then p_usd else round(p_usd / nullif(cardinality(p_payer_ids), 0), 9) end;
$$;
comment on function ingest.share_of(numeric, bigint, bigint[]) is 'What of an amount a budget counts: a payer''s an even share, any other all of it (I8). Rounded always alike, so that sums stay exact.';
