create or replace function asset.spend_of_month(p_by text)
  returns table (what text, spent_usd numeric, expected_usd numeric)
  language plpgsql
  stable
as $$
#variable_conflict use_column
declare
  v_end constant timestamptz := ingest.period_end('month', base.now());
begin
  if p_by is null or p_by not in ('root', 'call', 'day') then
    raise exception 'spending is not known by %', coalesce(quote_literal(p_by), 'null')
      using errcode = 'RK033', hint = 'It is by root, call or day.';
  end if;
  return query
  with days as (
    -- What is left of today, and the days after it.
    select (d at time zone 'UTC')::date as utc_day,
           extract(epoch from ingest.period_end('day', d) - greatest(d, base.now())) / 86400 as part, d <= base.now() as is_today
    from generate_series(ingest.period_start('day', base.now()), v_end - interval '1 second', interval '24 hours') as d
  ), amounts as (
    select root_id, charge, utc_day, usd as spent_usd, 0::numeric as expected_usd
    from asset.shares_since(ingest.period_start('month', base.now()))
    union all
    select f.root_id, f.charge, d.utc_day, 0, f.day_usd * d.part + case when d.is_today then f.once_usd else 0 end
    from asset.forecast() as f cross join days as d
  )
  select case p_by when 'root' then coalesce('root:' || a.root_id, 'nobody') when 'call' then a.charge else a.utc_day::text end,
         round(sum(a.spent_usd), 2), round(sum(a.expected_usd), 2)
  from amounts as a
  group by 1
  order by 1;
end;
$$;
comment on function asset.spend_of_month(text) is 'See api.cost.';
