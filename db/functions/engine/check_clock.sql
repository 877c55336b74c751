create or replace function engine.check_clock(p_clock timestamptz)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'clock', case when abs(c.ahead) > 5 then 'warning' else 'ok' end,
         case when abs(c.ahead) > 5 then format('the clock here is %s seconds %s that of the database', round(abs(c.ahead)), case when c.ahead > 0 then 'ahead of' else 'behind' end)
              else 'the clock here and that of the database agree' end,
         case when abs(c.ahead) > 5 then 'have both machines follow a time server: leases and rate windows go by the clock of the database' end, null::timestamptz
  from (select extract(epoch from p_clock - base.now()) as ahead) as c;
$$;
comment on function engine.check_clock(timestamptz) is 'Whether another machine''s clock agrees with this one''s to five seconds: see api.doctor.';
