create or replace function ingest.count_outcome(p_endpoint text, p_status integer, p_answer ingest.answer, p_entry ingest.ledger)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- Last in its transaction, for the row stays locked until the end and nothing is locked after it.
  insert into ingest.outcomes as o (endpoint, http_status, answer_class, call_count, resource_count, cost_usd)
  values (p_endpoint, coalesce(p_status, 0), p_answer.answer_class, 1, coalesce(p_answer.resource_count, 0),
          case when p_entry.billed_count is null then 0 else p_entry.booked_usd end)
  on conflict on constraint outcomes_pkey do update set
    call_count = o.call_count + 1,
    resource_count = o.resource_count + excluded.resource_count,
    cost_usd = o.cost_usd + excluded.cost_usd;
end;
$$;
comment on function ingest.count_outcome(text, integer, ingest.answer, ingest.ledger) is 'Counts how a call ended, what came and what that costs; p_entry is its entry in the ledger, settled.';
