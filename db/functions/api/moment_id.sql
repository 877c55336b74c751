create or replace function api.moment_id(p_instance_id bigint, p_moment text default null)
  returns bigint
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.moment_of(p_instance_id, p_moment);
$$;
comment on function api.moment_id(bigint, text) is
  'The materialization of an instance that a moment names: an id, how long ago (7d, 36h), a day in UTC (2026-11-01), a time (2026-11-01T12:00:00Z); null: the latest. Null when nobody was in yet. Errors RK004, RK016, RK020.';
