create or replace function ingest.reap_calls()
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_limit constant integer := base.setting_integer('call.attempts');
  v_count integer;
  v_run_id bigint;
begin
  with expired as (
    select call_id from ingest.calls where state = 'claimed' and lease_until <= base.now() and attempt_count < v_limit
    order by lease_until for update skip locked
  )
  update ingest.calls as c set state = 'ready', lease_until = null, not_before = base.now()
  from expired as e where c.call_id = e.call_id;
  get diagnostics v_count = row_count;
  perform nextval('ingest.takeovers') from generate_series(1, v_count);

  for v_run_id in
    -- By kind, since runs of a kind that fail share a decision: so two workers that reap wait for each other, and not in a circle.
    select c.run_id from ingest.calls as c join ingest.runs as r using (run_id)
    where c.state = 'claimed' and c.lease_until <= base.now() and c.attempt_count >= v_limit order by r.sync_kind, c.call_id
  loop
    perform from ingest.runs where run_id = v_run_id for no key update skip locked;
    if found and exists (select from ingest.calls where run_id = v_run_id and state = 'claimed' and lease_until <= base.now()) then
      perform ingest.fail_run(v_run_id, 'timeout', null, 'every worker that took the call fell silent');
      perform nextval('ingest.takeovers');
      v_count := v_count + 1;
    end if;
  end loop;
  return v_count;
end;
$$;
comment on function ingest.reap_calls() is
  'Gives back the calls whose lease has run out (E6), or fails the run of one that was sent often enough; returns how many.';
