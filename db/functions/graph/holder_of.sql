create or replace function graph.holder_of(p_handle text)
  returns bigint
  language sql
  stable
as $$
  select user_id from graph.users where lower(handle) = lower(ltrim(p_handle collate "C", '@'));
$$;
comment on function graph.holder_of(text) is 'The holder of a handle (G3), with or without its @; null when nobody is known to hold it.';
