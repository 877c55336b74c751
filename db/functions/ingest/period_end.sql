create or replace function ingest.period_end(p_period text, p_at timestamptz)
  returns timestamptz
  language sql
  immutable
as $$
  select (date_trunc(p_period, p_at at time zone 'UTC') + case p_period when 'day' then interval '1 day' else interval '1 month' end) at time zone 'UTC';
$$;
comment on function ingest.period_end(text, timestamptz) is 'When the UTC day or month of a moment is over, and the next begins.';
