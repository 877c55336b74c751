create or replace function engine.take_events(p_deadline timestamptz, out taken_count integer, out is_passed boolean)
  language plpgsql
  volatile
as $$
begin
  is_passed := false;
  if not ingest.has_due_events() then
    return;
  end if;
  is_passed := nextval('engine.turns') % 2 = 0;
  if not is_passed and graph.try_writer() then
    taken_count := ingest.take_events(base.setting_integer('tick.events'), p_deadline);
  end if;
end;
$$;
comment on function engine.take_events(timestamptz) is
  'Takes webhook events in, if there are any and it is their turn; returns how many, or null. is_passed: there are, and the next tick may take them. Takes the lock of the graph, so nothing long may follow.';
