create or replace function ingest.record_held_calls()
  returns void
  language plpgsql
  volatile
as $$
begin
  perform base.decide('rate_limit', 'endpoint ' || w.endpoint, 'the rate window is used up', w.reset_at,
                     jsonb_build_object('limit', w.limit_count))
  from (
    -- Whoever has the window in hand says it: a tick waits for no other one.
    select * from ingest.windows as w
    where w.remaining_count = 0 and w.reset_at > base.now()
      and exists (select from ingest.calls where endpoint = w.endpoint and state = 'ready')
      and not exists (
        select from base.decisions
        where decision_kind = 'rate_limit' and about = 'endpoint ' || w.endpoint and until_at = w.reset_at)
    order by w.endpoint for no key update skip locked
  ) as w;
end;
$$;
comment on function ingest.record_held_calls() is 'One decision for each window that holds calls back, once a window (E3).';
