create or replace function base.wake()
  returns void
  language sql
  volatile
as $$
  -- The sequence remembers the second of the last wake outside of any transaction, so that nobody waits for anybody. It measures
  -- elapsed time, hence the wall clock. A wake that gets lost this way costs the sleeper at most the wait that its tick named.
  select pg_catalog.pg_notify('rookery_wake', '')
  from (select floor(extract(epoch from pg_catalog.clock_timestamp()))::bigint as this_second) as t
  where this_second > (select last_value from base.wakes)
    and pg_catalog.setval('base.wakes', this_second) is not null;
$$;
comment on function base.wake() is 'Tells sleeping drivers that there is work, at most once a second (NOTIFY takes one lock of the whole server at commit).';
