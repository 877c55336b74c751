create or replace function api.webhook_receive(p_events jsonb)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_results jsonb;
begin
  v_results := ingest.receive_events(p_events);
  if v_results @? '$[*].is_duplicate ? (@ == false)' then
    perform base.wake();
  end if;
  return v_results;
end;
$$;
comment on function api.webhook_receive(jsonb) is
  'Stores webhook events (W1, W3), any number at once: [{source: new_follower or x_activity, body: the text as received}]. Returns in the same order {event_id, is_duplicate}, the id being that of the first where it came before, or {code, field, message} for one of which nothing was stored; that hurts none of the others. Waits for no tick. Error RK040.';
