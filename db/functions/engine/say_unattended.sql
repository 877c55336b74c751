create or replace function engine.say_unattended()
  returns text
  language sql
  stable
as $$
  select string_agg(says, '; ' order by check_name desc) from engine.checks(null) where check_name in ('worker', 'provider') and state <> 'ok';
$$;
comment on function engine.say_unattended() is 'Why nothing would be bought now: no worker ticks, or the provider does not sell (engine.checks); null when both do.';
