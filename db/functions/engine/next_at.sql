create or replace function engine.next_at(p_counts_calls boolean)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  return (
    select greatest(base.now(), least(
      base.now() + base.setting_interval('worker.heartbeat'),
      (select min(look_at) from asset.marks where look_at <= base.now() + base.setting_interval('worker.heartbeat')),
      ingest.next_event_at(),
      ingest.next_work_at(p_counts_calls))));
end;
$$;
comment on function engine.next_at(boolean) is 'When the next tick can do something, at most a heartbeat ahead (E2). Calls that could go out count only for those who take calls.';
