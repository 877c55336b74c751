create or replace function ingest.window_room(p_window ingest.windows)
  returns integer
  language plpgsql
  stable
as $$
declare
  v_burst constant numeric := base.setting_integer('window.burst') / 100.0;
  v_left numeric;
begin
  -- A window that nobody has begun, or that is over, is a whole one.
  if coalesce(p_window.reset_at <= base.now(), true) then
    return greatest(1, floor(p_window.limit_count * v_burst));
  end if;
  -- The share of the window's length that is left. A reset further ahead than that (a clock is off) leaves all of it.
  select least(1, extract(epoch from p_window.reset_at - base.now()) / extract(epoch from window_length)) into strict v_left
  from ingest.endpoints where endpoint = p_window.endpoint;
  return least(p_window.remaining_count, greatest(0,
    greatest(1, floor(p_window.limit_count * (1 - (1 - v_burst) * v_left))) - (p_window.limit_count - p_window.remaining_count)));
end;
$$;
comment on function ingest.window_room(ingest.windows) is
  'How many calls may go out now (I8): a share of the window (window.burst) at once, the rest spread evenly over the time until it ends, and never more than are left.';
