create or replace function ingest.retry_held_calls(p_budget_id bigint default null)
  returns void
  language sql
  volatile
as $$
  update ingest.calls set not_before = base.now(), held_by = null, held_usd = null
  where state = 'ready' and held_by is not null and (p_budget_id is null or held_by = p_budget_id);
$$;
comment on function ingest.retry_held_calls(bigint) is 'The calls that a budget (null: any) holds are judged anew: something has changed of what they may cost.';
