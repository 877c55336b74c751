create or replace function base.backoff(p_first interval, p_cap interval, p_failures integer, p_key text)
  returns interval
  language sql
  immutable
as $$
  select least(p_cap, p_first * power(2, least(greatest(p_failures, 1) - 1, 30)))
         * (0.75 + (pg_catalog.hashtextextended(p_key, p_failures) & 1023) / 2048.0);
$$;
comment on function base.backoff(interval, interval, integer, text) is
  'How long to wait after the p_failures-th failure: p_first doubled each time up to p_cap, times a jitter of 0.75 to 1.25 that is a hash of the key and the count (E4).';
