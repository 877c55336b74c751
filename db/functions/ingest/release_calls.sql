create or replace function ingest.release_calls(p_worker text)
  returns integer
  language sql
  volatile
as $$
  with given_back as (
    -- They were not sent, so they are no attempts.
    update ingest.calls set state = 'ready', lease_until = null, not_before = base.now(), attempt_count = attempt_count - 1
    where call_id in (
      -- Whoever has one in hand, with its answer or since its lease has run out, sees to it.
      select call_id from ingest.calls where state = 'claimed' and worker = p_worker order by call_id for no key update skip locked)
    returning call_id
  )
  select count(*)::integer from given_back;
$$;
comment on function ingest.release_calls(text) is 'Gives back what a worker that stops still holds, and did not send; returns how many.';
