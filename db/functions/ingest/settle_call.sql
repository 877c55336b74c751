create or replace function ingest.settle_call(p_call ingest.calls, p_entry ingest.ledger, p_answer ingest.answer)
  returns ingest.ledger
  language plpgsql
  volatile
as $$
declare
  v_resource_count constant integer := coalesce(p_answer.resource_count, 0);
  v_billed_count integer := 0;
begin
  if p_entry.call_id is null or (select is_perhaps_billed from ingest.answer_classes where answer_class = p_answer.answer_class) then
    return p_entry;
  end if;
  if v_resource_count > 0 then
    -- Rows without an id that can be read were billed too.
    v_billed_count := greatest(v_resource_count - cardinality(p_answer.item_ids), 0) + ingest.record_purchases(
      (select resource from ingest.endpoints where endpoint = p_call.endpoint), p_answer.item_ids,
      (select least(min(booked_at), p_entry.booked_at) from ingest.ledger where call_id = p_call.call_id and billed_count is null));
  end if;
  update ingest.ledger set resource_count = v_resource_count, billed_count = v_billed_count, closed_at = coalesce(closed_at, base.now())
  where call_id = p_entry.call_id and attempt_no = p_entry.attempt_no
  returning * into p_entry;
  if v_billed_count > 0 then
    update ingest.runs set billed_count = billed_count + v_billed_count, cost_usd = cost_usd + p_entry.booked_usd where run_id = p_call.run_id;
  end if;
  return p_entry;
end;
$$;
comment on function ingest.settle_call(ingest.calls, ingest.ledger, ingest.answer) is
  'Enters the real price of what a call brought into the ledger, and into its run: X bills rows only, each once a UTC day (I9). Returns the entry as it is then; as it was where rows may have been lost on the way: the worst price stands (I8). The caller holds the run and the call, and with rows graph.lock_writer().';
