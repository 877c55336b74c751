-- A session lays traps: whatever runs as somebody else, and finds by a bare name what this session made, says so by failing.
create function pg_temp.spring() returns boolean language plpgsql as $$
begin
  if current_user <> session_user then
    raise exception 'ran as %', current_user using errcode = 'XX000';
  end if;
  return true;
end;
$$;
do $$
declare
  v_name pg_catalog.text;
begin
  for v_name in
    select c.relname from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v')
      and (n.nspname in ('base', 'graph', 'ingest', 'asset', 'engine', 'api') or c.relname in ('pg_sequences', 'pg_class'))
    group by c.relname
  loop
    execute pg_catalog.format('create temporary table %I (trap integer check (pg_temp.spring()))', v_name);
  end loop;
  for v_name in
    select typname from pg_catalog.pg_type
    where typnamespace = 'pg_catalog'::pg_catalog.regnamespace and typtype = 'b' and typelem = 0 and typinput <> 0::pg_catalog.oid
      and typname not in (select c.relname from pg_catalog.pg_class as c where c.relnamespace = pg_catalog.pg_my_temp_schema())
  loop
    execute pg_catalog.format('create domain pg_temp.%1$I as pg_catalog.%1$I check (pg_temp.spring())', v_name);
  end loop;
end;
$$;
set search_path = pg_temp, api, public;
