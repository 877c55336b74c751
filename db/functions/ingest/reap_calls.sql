create or replace function ingest.reap_calls()
  returns integer
  language sql
  volatile
as $$
  with expired as (
    select call_id from ingest.calls where state = 'claimed' and lease_until <= base.now()
    order by lease_until for update skip locked
  ), given_back as (
    update ingest.calls as c set state = 'ready', lease_until = null, not_before = base.now()
    from expired as e where c.call_id = e.call_id
    returning c.call_id
  )
  select count(*)::integer from given_back;
$$;
comment on function ingest.reap_calls() is 'Gives back the calls whose lease has run out (E6); returns how many.';
