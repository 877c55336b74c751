create or replace function ingest.free_held_calls(p_budget ingest.budgets)
  returns void
  language sql
  volatile
as $$
  with room as (
    select ingest.room_in(p_budget) as usd
  )
  update ingest.calls as c set not_before = base.now(), held_by = null, held_usd = null
  from (
    select call_id
    from (
      select call_id, sum(held_usd) over (order by call_id) as needed_usd
      from (
        select call_id, held_usd from ingest.calls
        where state = 'ready' and held_by = p_budget.budget_id and held_usd <= (select usd from room)
        order by call_id limit 500 for no key update skip locked
      ) as held
    ) as queue
    where needed_usd <= (select usd from room)
  ) as f
  where c.call_id = f.call_id;
$$;
comment on function ingest.free_held_calls(ingest.budgets) is 'Calls that a budget held and has room for now may go, the oldest first, as many as fit together.';
