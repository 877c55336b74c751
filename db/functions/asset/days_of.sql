create or replace function asset.days_of(p_instance_ids bigint[], p_days integer)
  returns table (instance_id bigint, utc_day date, members bigint, entered bigint, "left" bigint, began_with bigint)
  language plpgsql
  stable
as $$
#variable_conflict use_column
declare
  v_today constant date := (base.now() at time zone 'UTC')::date;
  v_since constant timestamptz := (v_today - p_days + 1)::timestamp at time zone 'UTC';
  -- What was started before may have ended since.
  v_from_id constant bigint := asset.first_materialization_since(v_since - interval '1 hour');
  v_until_id constant bigint := asset.first_materialization_since(v_since);
begin
  return query
  with moved as (
    select a.instance_id, (m.completed_at at time zone 'UTC')::date as utc_day, max(m.materialization_id) as last_id,
           sum(case when m.materialization_id = f.first_id then 0 else m.enter_count end)::bigint as entered, sum(m.exit_count)::bigint as exited,
           sum(case when m.materialization_id = f.first_id then m.enter_count end)::bigint as began_with
    from unnest(p_instance_ids) as a (instance_id)
    cross join lateral (select asset.first_success(a.instance_id)) as f (first_id)
    cross join lateral (
      select * from asset.materializations
      where instance_id = a.instance_id and materialization_id >= v_from_id and status = 'success' and completed_at >= v_since
      order by materialization_id desc limit 20000
    ) as m
    group by 1, 2
  ), days as (
    select a.instance_id, d::date as utc_day, v.entered, v.exited, v.began_with,
           -- With which materialization the day ended: its own last, or that of a day before.
           coalesce(max(v.last_id) over (partition by a.instance_id order by d), b.before_id) as stood_at
    from unnest(p_instance_ids) as a (instance_id)
    left join lateral (
      select materialization_id as before_id from asset.materializations
      where instance_id = a.instance_id and materialization_id < v_until_id and status = 'success' and completed_at < v_since
      order by materialization_id desc limit 1
    ) as b on true
    cross join generate_series((v_today - p_days + 1)::timestamp, v_today, interval '1 day') as d
    left join moved as v on v.instance_id = a.instance_id and v.utc_day = d::date
  )
  select d.instance_id, d.utc_day, m.member_count, coalesce(d.entered, 0), coalesce(d.exited, 0), d.began_with
  from days as d
  cross join lateral (
    select member_count from asset.materializations where instance_id = d.instance_id and materialization_id = d.stood_at limit 1
  ) as m
  order by d.instance_id, d.utc_day;
end;
$$;
comment on function asset.days_of(bigint[], integer) is 'See api.days.';
