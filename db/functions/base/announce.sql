create or replace function base.announce()
  returns void
  language plpgsql
  volatile
as $$
declare
  -- Elapsed time, hence the wall clock.
  v_second constant bigint := floor(extract(epoch from pg_catalog.clock_timestamp()));
begin
  -- As in base.wake(): the sequence remembers outside of any transaction, and what gets lost is made up for by who listens, who looks now and then.
  if v_second > (select last_value from base.announcements) then
    perform pg_catalog.setval('base.announcements', v_second), pg_catalog.pg_notify('rookery_changed', '');
  end if;
end;
$$;
comment on function base.announce() is
  'Tells those who watch (channel rookery_changed) that there is something new to see, at most once a second (NOTIFY takes one lock of the whole server at commit).';
