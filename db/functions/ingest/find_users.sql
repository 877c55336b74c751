create or replace function ingest.find_users(p_names text[])
  returns table (name text, user_id bigint, handle text, look_up_usd numeric)
  language sql
  stable
as $$
  select n.name, f.user_id, f.handle, f.look_up_usd
  from unnest(p_names) with ordinality as n (name, place)
  cross join lateral ingest.find_user(n.name) as f
  order by n.place;
$$;
comment on function ingest.find_users(text[]) is 'The users behind these names, in their order: see ingest.find_user. Errors RK011, RK018.';
