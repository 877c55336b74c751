create or replace function asset.moment_of(p_instance_id bigint, p_moment text)
  returns bigint
  language plpgsql
  stable
as $$
declare
  v_at timestamptz;
begin
  perform asset.item_kind_of(p_instance_id);
  if p_moment is null then
    return (select checkpoint_id from asset.instances where instance_id = p_instance_id);
  elsif p_moment ~ '^\d{1,18}$' then
    return asset.check_moment(p_instance_id, p_moment::bigint);
  elsif p_moment ~ '^\d{1,5} ?(min|minutes?|h|hours?|d|days?|w|weeks?|months?|years?)$' then
    -- Before all that can be known it is the same, however long ago.
    v_at := base.now() - least(p_moment::interval, interval '1000 years');
  else
    v_at := base.parse_time(case when p_moment ~ '^\d{4}-\d\d-\d\d$' then p_moment || 'T00:00:00Z' else p_moment end);
  end if;
  if v_at is null then
    raise exception 'that is no moment: %', quote_literal(left(p_moment, 60))
      using errcode = 'RK020',
            hint = 'Name a materialization (12), how long ago (7d, 36h), a day in UTC (2026-11-01) or a time (2026-11-01T12:00:00Z).';
  end if;
  return asset.moment_at(p_instance_id, v_at);
end;
$$;
comment on function asset.moment_of(bigint, text) is
  'The materialization that a moment names: its id, how long ago, a day, a time; null: the latest. Null when nobody was in yet. Errors RK004, RK016, RK020.';
