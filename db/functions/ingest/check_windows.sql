create or replace function ingest.check_windows()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'window', case when bool_or(w.is_shut_long) then 'warning' else 'ok' end,
         coalesce('no calls are left of ' || string_agg(format('%s until %s', w.endpoint, base.format_time(w.reset_at)), ', ' order by w.endpoint),
                  'every rate window has calls left'),
         case when bool_or(w.is_shut_long)
              then 'X shuts this out for longer than its documented window: compare with the limits of your app in X''s developer console' end, null::timestamptz
  from (select w.endpoint, w.reset_at, w.reset_at > base.now() + e.window_length as is_shut_long
        from ingest.windows as w join ingest.endpoints as e using (endpoint)
        where w.remaining_count = 0 and w.reset_at > base.now()) as w;
$$;
comment on function ingest.check_windows() is 'Which rate windows are spent, and whether one is so for longer than it is long: see api.checks.';
