create or replace function ingest.purge_calls(p_limit integer)
  returns integer
  language plpgsql
  volatile
  -- Right after a restore or a burst there are no statistics, and a plan that reads all of what it takes a step of.
  set enable_seqscan = off
as $$
declare
  v_call_ids bigint[];
  v_sums ingest.spend_sums[];
begin
  -- Calls are in the order in which they were made, and the oldest of a run that is under way ends the list.
  v_call_ids := array(
    select call_id
    from (select call_id, answered_at from ingest.calls order by call_id limit p_limit) as first
    where answered_at < (select ingest.cleared_until()));
  if v_call_ids = '{}' then
    return 0;
  end if;
  with cleared as (
    delete from ingest.ledger where call_id = any (v_call_ids) returning *
  )
  select array_agg(((l.booked_at at time zone 'UTC')::date, l.endpoint, coalesce(r.payer_ids, '{}'), 1, coalesce(l.resource_count, 0), coalesce(l.billed_count, 0),
                    case when l.billed_count is null then 0 else l.booked_usd end, l.booked_usd)::ingest.spend_sums)
  into v_sums
  from cleared as l join ingest.runs as r using (run_id);
  perform ingest.sum_up_spend(v_sums);
  delete from ingest.calls where call_id = any (v_call_ids);
  return cardinality(v_call_ids);
end;
$$;
comment on function ingest.purge_calls(integer) is
  'Deletes calls that ended before ingest.cleared_until(), at most p_limit, and their entries in the ledger, whose sums stay (W7); returns how many.';
