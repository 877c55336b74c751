-- plpgsql_check looks into every statement of every function, where the extension is there (the embedded server has none).
begin;
select plan(1);

create function pg_temp.complaints() returns setof text language plpgsql as $$
begin
  return query
    select format('%s line %s: %s', p.oid::regprocedure, c.lineno, c.message)
    from pg_catalog.pg_proc as p
    left join lateral (select tgrelid, tgoldtable, tgnewtable from pg_catalog.pg_trigger where tgfoid = p.oid limit 1) as t on true
    cross join lateral plpgsql_check_function_tb(
      p.oid, coalesce(t.tgrelid, 0), oldtable => t.tgoldtable, newtable => t.tgnewtable, extra_warnings => true, security_warnings => true) as c
    where p.prolang = (select oid from pg_catalog.pg_language where lanname = 'plpgsql')
      and p.pronamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine', 'api')
      -- These return what a dynamic query returns, which the check cannot see.
      and not (p.oid::regprocedure::text in ('asset.dependencies_of(text,jsonb)', 'asset.watches_of(text,jsonb)', 'asset.follows_of(bigint)') and c.message like 'OUT variable%');
end;
$$;
select case when exists (select from pg_catalog.pg_extension where extname = 'plpgsql_check')
  then is_empty('select pg_temp.complaints()', 'every statement of every function can be planned')
  else skip('plpgsql_check is not installed here', 1) end;

select * from finish();
rollback;
