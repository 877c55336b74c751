create or replace function api.read_clock()
  returns timestamptz
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select base.now();
$$;
comment on function api.read_clock() is 'What time it is for everything here: what `ago` and `in` are told from.';
