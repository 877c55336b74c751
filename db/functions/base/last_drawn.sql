create or replace function base.last_drawn(p_sequence regclass)
  returns bigint
  language sql
  stable
as $$
  select coalesce(pg_catalog.pg_sequence_last_value(p_sequence), 0);
$$;
comment on function base.last_drawn(regclass) is 'The last number that a sequence gave out, 0 before the first: how often something was counted.';
