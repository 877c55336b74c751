create or replace function api.user_id(p_handle text)
  returns bigint
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select graph.holder_of(p_handle);
$$;
comment on function api.user_id(text) is 'Who was last seen with a handle (G3), with or without its @; null when nobody here was.';
