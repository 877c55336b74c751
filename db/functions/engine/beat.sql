create or replace function engine.beat(p_worker text)
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into engine.workers as w (worker, started_at, seen_at)
  select p_worker, base.now(), base.now()
  where not exists (
    select from engine.workers where worker = p_worker and seen_at > base.now() - base.setting_interval('worker.heartbeat'))
  on conflict (worker) do update set seen_at = excluded.seen_at;
end;
$$;
comment on function engine.beat(text) is 'Notes that a worker is there, unless that was noted lately.';
