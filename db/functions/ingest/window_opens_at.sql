create or replace function ingest.window_opens_at(p_window ingest.windows)
  returns timestamptz
  language plpgsql
  stable
as $$
declare
  v_burst constant numeric := base.setting_integer('window.burst') / 100.0;
  v_share numeric;
begin
  if ingest.window_room(p_window) > 0 then
    return base.now();
  elsif p_window.remaining_count = 0 then
    return p_window.reset_at;
  end if;
  -- Where the line of ingest.window_room has risen to one call more than went out; a moment later, since times are rounded.
  v_share := (1 - (p_window.limit_count - p_window.remaining_count + 1)::numeric / p_window.limit_count) / (1 - v_burst);
  return (
    select least(p_window.reset_at, p_window.reset_at - window_length * v_share::double precision + interval '1 millisecond')
    from ingest.endpoints where endpoint = p_window.endpoint);
end;
$$;
comment on function ingest.window_opens_at(ingest.windows) is 'When the next call may go out: now where there is room, else when the spread allows one more, or when the window ends.';
