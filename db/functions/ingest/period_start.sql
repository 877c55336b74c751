create or replace function ingest.period_start(p_period text, p_at timestamptz)
  returns timestamptz
  language sql
  immutable
as $$
  select date_trunc(p_period, p_at at time zone 'UTC') at time zone 'UTC';
$$;
comment on function ingest.period_start(text, timestamptz) is 'When the UTC day or month of a moment began.';
